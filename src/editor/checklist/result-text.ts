import type { CheckResult, Evidence, Verdict } from '../../checklist/verdict';

/** Verdicts as they are written behind a name. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'passed',
  fail: 'failed',
  unknown: 'cannot tell',
  skipped: 'skipped',
};

/** What a result says and advises; "cannot tell" says so first. */
export function textOf({ verdict, message, advice, through }: CheckResult): string {
  const said = verdict === 'unknown' ? `Cannot tell: ${message.replace(/^Cannot tell[.:]\s*/, '')}` : message;
  const where = through === undefined ? '' : `${through}: `;
  return `${where}${said} ${advice}`.trim();
}

/** The request that decided a result: the last that is no control and whose answer was to be something. */
export function decisive({ evidence }: CheckResult): Evidence | undefined {
  const asked = evidence.filter(({ control }) => !control);
  return asked.findLast(({ expected }) => expected !== '') ?? asked.at(-1);
}
