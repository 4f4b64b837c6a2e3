import { explain } from './explain';
import { fromEvidence } from './explain-answer';
import { causeInSql } from './explain-place';
import type { ExplainContext, ExplainedCause, Explanation } from './explain-types';
import type { CheckResult, Evidence } from './verdict';

/**
 * Explains a result of the checklist: what the run found out by its controls comes first, then what else the decisive
 * answer can mean. Undefined for a result without an answer, and for one that passed.
 */
export function explainResult(result: CheckResult, context: ExplainContext = {}): Explanation | undefined {
  const { verdict, cause, table, through, message, advice } = result;
  const decisive = decisiveEvidence(result);
  if (!decisive || cause === null) return undefined;
  const owner = context.owner === undefined ? {} : { owner: context.owner };
  const explanation = explain(fromEvidence(decisive), {
    ...context,
    ...owner,
    table: through ?? table,
    subject: subjectOf(decisive),
  });
  const [inSql] = context.model ? causeInSql(result, context.model) : [];
  const found: ExplainedCause = {
    id: cause,
    title: message,
    why: `${verdict === 'fail' ? 'The checklist asked for it together with requests that had to succeed' : 'The checklist could not go on from here'}: ${decisive.method} ${decisive.path} as ${decisive.as} was answered ${decisive.status ?? 'not at all'}${decisive.code === null ? '' : ` ${decisive.code}`}.`,
    confirm: 'Run this check again after the change.',
    fix: advice === '' ? 'See the causes below.' : advice,
    certainty: verdict === 'fail' ? 'certain' : 'likely',
    rules: inSql?.rules ?? [],
    ...(inSql && { place: inSql.place }),
  };
  // A leak is an answer like any other: what else it could mean is what the SQL shows.
  const others = explanation.causes.filter(
    ({ id, place }) => id !== cause && (verdict !== 'fail' || place !== undefined),
  );
  return { ...explanation, causes: [found, ...others] };
}

/** The answer that a verdict hangs on: for what cannot be told the first control that was refused. */
export function decisiveEvidence({ verdict, evidence }: CheckResult): Evidence | undefined {
  const refused = (asked: Evidence): boolean => asked.status === null || asked.status >= 400;
  if (verdict === 'unknown')
    return evidence.find(asked => asked.control && refused(asked)) ?? evidence.find(refused) ?? evidence[0];
  return evidence.find(({ control }) => !control) ?? evidence[0];
}

/** Who asked, unless it was nobody. */
function subjectOf({ as }: Evidence): string | undefined {
  return as.startsWith('nobody') ? undefined : as;
}
