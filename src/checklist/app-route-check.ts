import { CHECK_FACTS, type CheckId } from './check-ids';
import type { Diagnosis } from './diagnose';
import type { AppAnswer, AppRoute } from './options';
import type { CheckResult, Evidence } from './verdict';

/** Whether each subject owns a row in the table, as the gateway shows it. */
export type RowsKnown = { readonly a: boolean; readonly b: boolean } | 'unknown';

export interface AppCheckOptions {
  /** The column of the route's rows that tells whose they are; undefined where a parent's row tells. */
  readonly owner: string | undefined;
  readonly subjects: readonly [string, string];
  readonly rows: RowsKnown;
  readonly signal?: AbortSignal | undefined;
}

/** What the route said to a visitor who is signed out and to both subjects. */
export interface AppAnswers {
  readonly signedOut: AppAnswer;
  readonly a: AppAnswer;
  readonly b: AppAnswer;
}

/** Asks the route signed out and as both subjects, and judges what it says. */
export async function checkAppRoute(route: AppRoute, options: AppCheckOptions): Promise<CheckResult[]> {
  const { subjects, signal } = options;
  const [signedOut, a, b] = await Promise.all([
    route.ask(undefined, signal),
    route.ask(subjects[0], signal),
    route.ask(subjects[1], signal),
  ]);
  return judgeAppRoute(route, { signedOut, a, b }, options);
}

type Judged = Pick<CheckResult, 'verdict' | 'cause' | 'message' | 'advice'>;

/** One subject with what it was shown. */
interface Shown {
  readonly subject: string;
  readonly answer: AppAnswer;
  /** Whether it owns a row; undefined when nobody knows. */
  readonly hasRow: boolean | undefined;
}

/** Judges the three answers; asks nothing. */
export function judgeAppRoute(
  { name }: Pick<AppRoute, 'name'>,
  { signedOut, a, b }: AppAnswers,
  { owner, subjects, rows, signal }: AppCheckOptions,
): CheckResult[] {
  const known = rows === 'unknown' ? { a: undefined, b: undefined } : rows;
  const shown: readonly Shown[] = [
    { subject: subjects[0], answer: a, hasRow: known.a },
    { subject: subjects[1], answer: b, hasRow: known.b },
  ];
  const result = (check: CheckId, judged: Judged, evidence: Evidence[]): CheckResult => ({
    table: name,
    check,
    verb: CHECK_FACTS[check].verb,
    actor: CHECK_FACTS[check].actor,
    ...(signal?.aborted && judged.verdict === 'unknown' ? CANCELLED : judged),
    evidence,
  });
  const asked = (expected: string, control: boolean): Evidence[] =>
    shown.map(({ subject, answer }) => evidenceOf(name, subject, answer, expected, control));
  return [
    result('app-signed-out', judgeSignedOut(signedOut, shown), [
      evidenceOf(name, 'nobody', signedOut, '401', false),
      ...asked('a list of rows', true),
    ]),
    result('app-own-rows', judgeOwn(shown, owner), asked('own rows', false)),
    result('app-other-rows', judgeOther(shown, owner), asked('own rows and no other', false)),
  ];
}

const CANCELLED: Judged = {
  verdict: 'skipped',
  cause: 'cancelled',
  message: 'Not asked: the run was cancelled.',
  advice: '',
};

function judgeSignedOut(answer: AppAnswer, shown: readonly Shown[]): Judged {
  const { status, rows, message } = answer;
  if (rows?.length) {
    return failed({
      cause: 'no-authentication',
      message: `A visitor who is signed out is shown ${message}.`,
      advice: 'Answer 401 in the route when auth() has no user.',
    });
  }
  if (rows) {
    return unproved({
      cause: 'no-authentication',
      message: `A visitor who is signed out gets ${status ?? ''} with an empty list: the route may answer so to everybody without a session, or may ask as somebody who owns no row.`,
      advice: 'Answer 401 in the route when auth() has no user.',
    });
  }
  const refusal = refusalOf(answer);
  if (refusal === undefined) return unproved(diagnosisOf(answer));
  const control = shown.find(({ answer: { rows: list, diagnosis } }) => list && !diagnosis);
  if (control) return passed(`${refusal} ${control.subject}, signed in, is let through.`);
  const { cause, message: why, advice } = diagnosisOf(shown[0]?.answer ?? answer);
  return unproved({
    cause,
    message: `${refusal} That proves nothing while sessions fare no better: ${why}`,
    advice,
  });
}

/** In which way a visitor is kept out; undefined for an answer that is no refusal. */
function refusalOf({ status, problem, message }: AppAnswer): string | undefined {
  if (problem === 'redirected')
    return `Signed out: ${status ?? ''}, ${message}, which an API answers 401 to.`;
  if (status === 401) return 'Signed out: 401.';
  return status === 403 || status === 404 ? `Signed out: ${status}, where 401 is usual.` : undefined;
}

function judgeOwn(shown: readonly Shown[], owner: string | undefined): Judged {
  return worstOf(
    shown.map(one => ownRows(one, owner)),
    passed(`${shown.map(({ subject }) => subject).join(' and ')} are each shown their own rows.`),
  );
}

function ownRows({ subject, answer, hasRow }: Shown, owner: string | undefined): Judged | undefined {
  const trouble = cannotRead(answer, owner);
  if (trouble) return unproved(trouble);
  if (owner === undefined || answer.rows?.some(row => isOf(row[owner], subject))) return undefined;
  if (hasRow) {
    return failed({
      cause: 'no-authentication',
      message: `${subject} has a row, and the route shows it none (${answer.message}).`,
      advice:
        'Sign the token in the route with session.user.id, and see that the app’s FLUX_URL is the gateway that is checked here.',
    });
  }
  return unproved({
    cause: 'no-row',
    message:
      hasRow === undefined
        ? `${subject} is shown no row of its own, and it is not known whether it has one.`
        : `${subject} has no row that the route could show.`,
    advice: `Make a row as ${subject}, or check in full mode.`,
  });
}

function judgeOther(shown: readonly Shown[], owner: string | undefined): Judged {
  if (owner !== undefined) {
    for (const one of shown) {
      const leak = leakTo(one, owner);
      if (leak) return failed(leak);
    }
  }
  return worstOf(
    shown.map(one => {
      const own = ownRows(one, owner);
      // Who is shown nothing at all proves nothing by what it is not shown.
      return own?.verdict === 'fail' ? { ...own, verdict: 'unknown' as const } : own;
    }),
    passed(
      `${shown.map(({ subject }) => subject).join(' and ')} are each shown their own rows, and no other.`,
    ),
  );
}

function leakTo({ subject, answer: { rows = [] } }: Shown, owner: string): Diagnosis | undefined {
  const others = rows.filter(row => owner in row && !isOf(row[owner], subject));
  if (others.length === 0) return undefined;
  const whose = others.every(row => row[owner] === null) ? 'of nobody' : 'of other subjects';
  const message = `The route shows ${subject} ${others.length} ${others.length === 1 ? 'row' : 'rows'} ${whose}`;
  return rows.some(row => isOf(row[owner], subject))
    ? {
        cause: 'policy',
        message: `${message} beside its own.`,
        advice: `Tie the SELECT policy to the subject: using (${owner} = auth.uid()).`,
      }
    : {
        cause: 'no-authentication',
        message: `${message}, and none of its own: it does not ask as the one who is signed in.`,
        advice: 'Sign the token in the route with session.user.id, and with nothing that is fixed.',
      };
}

/** Why the answer cannot be read as rows with owners. */
function cannotRead(answer: AppAnswer, owner: string | undefined): Diagnosis | undefined {
  const { rows, diagnosis } = answer;
  if (!rows || diagnosis) return diagnosisOf(answer);
  if (owner === undefined) {
    return {
      cause: 'not-askable',
      message: 'The table has no column that tells whose a row is, so the route’s rows cannot be told apart.',
      advice: 'Check a route of a table with an owner column.',
    };
  }
  if (rows.every(row => owner in row)) return undefined;
  return {
    cause: 'not-askable',
    message: `The rows of the route have no ${owner}, so nothing tells whose they are.`,
    advice: `Select ${owner} in the route.`,
  };
}

function diagnosisOf({ diagnosis, status, message }: AppAnswer): Diagnosis {
  return (
    diagnosis ?? {
      cause: status === null ? 'app-unreachable' : 'gateway-error',
      message: `The route's answer is no list of rows (${status ?? 'no answer'}, ${message}).`,
      advice: 'See the app’s log.',
    }
  );
}

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** PostgreSQL writes UUIDs in small letters, whatever the subject has. */
function isOf(value: unknown, subject: string): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const text = String(value);
  return UUID.test(subject) ? text.toLowerCase() === subject.toLowerCase() : text === subject;
}

function evidenceOf(
  name: string,
  as: string,
  { status, message, milliseconds }: AppAnswer,
  expected: string,
  control: boolean,
): Evidence {
  return {
    method: 'GET',
    path: name.replace(/^GET /, ''),
    as,
    body: '',
    headers: as === 'nobody' ? [] : ['Cookie: a session made for the check'],
    expected,
    status,
    code: null,
    answer: message,
    control,
    milliseconds,
  };
}

function passed(message: string): Judged {
  return { verdict: 'pass', cause: null, message, advice: '' };
}

function failed(diagnosis: Diagnosis): Judged {
  return { verdict: 'fail', ...diagnosis };
}

function unproved({ cause, message, advice }: Diagnosis): Judged {
  return { verdict: 'unknown', cause, message: `Cannot tell. ${message}`, advice };
}

function worstOf(judged: readonly (Judged | undefined)[], otherwise: Judged): Judged {
  return (
    judged.find(one => one?.verdict === 'fail') ?? judged.find(one => one?.verdict === 'unknown') ?? otherwise
  );
}
