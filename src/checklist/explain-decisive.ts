import type { CheckResult, Evidence } from './verdict';

/** The answer that a verdict hangs on: what differs from what was expected, controls first where nothing can be told. */
export function decisiveEvidence({ verdict, actor, evidence }: CheckResult): Evidence | undefined {
  const asked = evidence.filter(({ control }) => !control);
  const controls = evidence.filter(({ control }) => control);
  const isOdd = (one: Evidence): boolean => !isAsExpected(one);
  const otherwise = asked[0] ?? evidence[0];
  if (verdict === 'pass') return otherwise;
  if (verdict === 'unknown') return controls.find(isOdd) ?? asked.find(isOdd) ?? evidence[0];
  // What a subject may not do with its own row is a control of other checks.
  return (actor === 'own' || actor === 'all' ? evidence : asked).find(isOdd) ?? otherwise;
}

/** Whether the request was answered as the check wants it. */
export function isAsExpected(evidence: Evidence): boolean {
  const { status, expected, answer } = evidence;
  if (status === null) return false;
  if (/stopped only|rolled back/.test(expected)) return isStopped(evidence);
  const wanted = /^\d{3}/.exec(expected)?.[0];
  if (wanted === undefined) return status < 400;
  // 206 is a 200 that counts.
  if (Number(wanted) !== (status === 206 ? 200 : status)) return false;
  const counts = /\d+ rows?/.test(answer);
  return !counts || status >= 300 || answer.startsWith('0 rows') === /, (?:no|0) rows/.test(expected);
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
