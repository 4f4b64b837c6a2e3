import type { CheckResult, Evidence } from './verdict';

/** The answer that a verdict hangs on: what differs from what was expected, controls first where nothing can be told. */
export function decisiveEvidence({ verdict, evidence }: CheckResult): Evidence | undefined {
  const asked = evidence.filter(({ control }) => !control);
  const controls = evidence.filter(({ control }) => control);
  const isOdd = (one: Evidence): boolean => !isAsExpected(one);
  if (verdict === 'pass') return asked[0] ?? evidence[0];
  return verdict === 'unknown'
    ? (controls.find(isOdd) ?? asked.find(isOdd) ?? evidence[0])
    : (asked.find(isOdd) ?? evidence.find(isOdd) ?? asked[0] ?? evidence[0]);
}

/** Whether the request was answered as the check wants it. */
export function isAsExpected(evidence: Evidence): boolean {
  const { status, expected, answer } = evidence;
  if (status === null) return false;
  if (/stopped only|rolled back/.test(expected)) return isStopped(evidence);
  const wanted = /^\d{3}/.exec(expected)?.[0];
  if (wanted === undefined || status >= 300)
    return wanted === undefined ? status < 400 : Number(wanted) === status;
  const reachesNone = answer.startsWith('0 rows');
  const wantsNone = /, (?:no|0) rows/.test(expected);
  return Number(wanted) < 300 && (!/\d+ rows?/.test(answer) || reachesNone === wantsNone);
}

/**
 * Whether the request got past privileges and policies and was kept from writing behind them: by a constraint, by the
 * cast of what it would answer, or because one object was asked for.
 */
export function isStopped({ code, path, answer }: Evidence): boolean {
  if (code?.startsWith('23')) return true;
  if (code === '22P02') return path.includes('::');
  return code === 'PGRST116' && /contains [1-9]\d* rows?/.test(answer);
}
