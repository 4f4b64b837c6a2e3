import { AUTHENTICATED } from '../flux/engine';
import { explain } from './explain';
import { fromEvidence } from './explain-answer';
import { decisiveEvidence, isStopped } from './explain-decisive';
import { proofOf } from './explain-pass';
import { causeInSql, letsIn } from './explain-place';
import type { CauseId, ExplainContext, ExplainedCause, Explanation } from './explain-types';
import type { CheckResult, Evidence } from './verdict';

export { decisiveEvidence } from './explain-decisive';

/**
 * Explains a result of the checklist: what the run found out by its controls comes first, then what else the decisive
 * answer can mean. Of a pass it says what proves it.
 */
export function explainResult(result: CheckResult, context: ExplainContext = {}): Explanation {
  const { verdict, cause, message } = result;
  const decisive = decisiveEvidence(result);
  const explanation = decisive ? explainEvidence(result, decisive, context) : notAsked(message);
  if (verdict === 'pass' || cause === null) {
    return { ...explanation, summary: message, causes: [], proof: proofOf(result) };
  }
  // A leak is an answer like any other: what else it could mean is what the SQL shows.
  const isLeak = verdict === 'fail' && letsIn(result);
  const others = explanation.causes.filter(
    ({ id, place }) => id !== cause && (!isLeak || place !== undefined),
  );
  return {
    ...explanation,
    causes: [foundCause(result, cause, decisive, others.length > 0, context), ...others],
  };
}

function foundCause(
  result: CheckResult,
  id: CauseId,
  decisive: Evidence | undefined,
  hasOthers: boolean,
  { model }: ExplainContext,
): ExplainedCause {
  const { verdict, message, advice } = result;
  const [inSql] = model ? causeInSql(result, model) : [];
  const otherwise = hasOthers ? 'See the causes below.' : (TO_DO[id] ?? 'Look at this one by hand.');
  return {
    id,
    title: message,
    why: decisive ? whyOf(verdict, decisive) : 'No request could tell, or none was sent.',
    confirm: 'Run this check again after the change.',
    fix: advice === '' ? otherwise : advice,
    certainty: verdict === 'fail' || verdict === 'skipped' ? 'certain' : 'likely',
    rules: inSql?.rules ?? [],
    ...(inSql && { place: inSql.place }),
  };
}

/** What to do where the run advises nothing. */
const TO_DO: Readonly<Partial<Record<CauseId, string>>> = {
  cancelled: 'Run the checklist again.',
  'gateway-error': 'Run the check again; if it stays so, look at what stands between here and the database.',
  'no-row': 'Give each subject a row through the app, or run in full mode.',
};

function whyOf(verdict: CheckResult['verdict'], asked: Evidence): string {
  const { method, path, as, status, code, expected } = asked;
  const begins =
    verdict === 'fail'
      ? 'The checklist asked for it together with requests that had to succeed'
      : 'The checklist could not go on from here';
  const ideal = expected === '' ? '' : `; expected was ${expected}`;
  return `${begins}: ${method} ${path} as ${as} was answered ${status ?? 'not at all'}${code === null ? '' : ` ${code}`}${ideal}.`;
}

/** What the decisive answer means by itself. */
function explainEvidence(result: CheckResult, decisive: Evidence, context: ExplainContext): Explanation {
  const { table, check, through, message } = result;
  if (check.startsWith('app-')) return ofApp(decisive, message);
  const answer = fromEvidence(decisive);
  // A function is no relation: what its rows are taken from is the table.
  const relation = check === 'function-read' ? table : (through ?? table);
  const known: ExplainContext = {
    ...context,
    table: relation,
    subject: subjectOf(decisive),
    claims: claimsOf(decisive) ?? context.claims,
  };
  if (result.verdict !== 'fail' || !letsIn(result)) return explain(answer, known);
  // A probe is made to be stopped behind the policies, so what let it get there is what is to be explained.
  const { code: _code, message: _message, details: _details, ...reached } = answer;
  const stopped = isStopped(decisive);
  const explanation = explain(stopped ? { ...reached, status: 200, body: 'none' } : answer, known);
  const about = { ...explanation.about, letIn: true, ...(through !== undefined && { table, door: through }) };
  return {
    ...explanation,
    about,
    ...(stopped && {
      summary: `The request got past privileges and policies; it was only stopped behind them (${decisive.status ?? ''} ${decisive.code ?? ''}), as the check wanted so that nothing is written.`,
    }),
  };
}

/** The app's route calls Flux by itself: how, its answer does not tell. */
function ofApp(decisive: Evidence, message: string): Explanation {
  const { causes } = explain({ ...fromEvidence(decisive), by: 'app' });
  const isRefusal = decisive.status === 401 || decisive.status === 403;
  return {
    layer: 'app',
    answeredBy: 'The app’s route answered, not Flux itself.',
    summary: message,
    causes: isRefusal ? causes : [],
    notes: [],
  };
}

function notAsked(message: string): Explanation {
  return {
    layer: 'none',
    answeredBy: 'No request was answered for this.',
    summary: message,
    causes: [],
    notes: [],
  };
}

/** Who asked, unless it was nobody. */
function subjectOf({ as }: Evidence): string | undefined {
  return as.startsWith('nobody') ? undefined : as;
}

/** What a faulty token claims, where that decides who the request runs as. */
function claimsOf({ as }: Evidence): Readonly<Record<string, unknown>> | undefined {
  if (as === 'nobody (token: no sub)') return { role: AUTHENTICATED };
  return as === 'nobody (token: no role)' ? { sub: 'a subject' } : undefined;
}
