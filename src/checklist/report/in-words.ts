import { CHECK_FACTS } from '../check-ids';
import { summarize, type ChecklistReport, type CheckResult, type Evidence } from '../verdict';
import { inSeconds, plural } from './plain';

/** A line of the project's SQL that holds a cause. */
export interface ResultPlace {
  /** As a person names it. */
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
}

/** What a report takes from outside. */
export interface ReportOptions {
  /** Where the SQL holds the cause of a result, where it does. */
  readonly placeOf?: (result: CheckResult) => ResultPlace | undefined;
}

/** The title a check is known by. */
export function titleOf(check: CheckResult['check']): string {
  return CHECK_FACTS[check].title;
}

/** The title of a result, with the view or function it was asked through. */
export function headOf({ check, through }: CheckResult): string {
  return `${titleOf(check)}${through === undefined ? '' : `, through ${through}`}`;
}

/** `4 passed, 0 failed, 0 cannot tell, 0 skipped · 2 rows made, 2 removed` */
export function summaryInWords({ results, rows }: ChecklistReport): string {
  const { pass, fail, unknown, skipped } = summarize(results);
  const left = rows.left.length > 0 ? `, ${rows.left.length} left` : '';
  return `${pass} passed, ${fail} failed, ${unknown} cannot tell, ${skipped} skipped · ${plural(rows.created, 'row')} made, ${rows.removed} removed${left}`;
}

/** How long it took, against the sum of what the requests took. */
export function timeInWords({ requests, requestSeconds, seconds }: ChecklistReport): string {
  const took = requests === 1 ? 'request took' : 'requests took';
  return `${requests} ${took} ${inSeconds(requestSeconds)} one by one; the run took ${inSeconds(seconds)}`;
}

/** `403 42501, permission denied`, or that nothing came. */
export function answerInWords({ status, code, answer }: Evidence): string {
  if (status === null) return answer.startsWith('no answer') ? answer : `no answer: ${answer}`;
  const told = code === null ? String(status) : `${status} ${code}`;
  return answer === '' ? told : `${told}, ${answer}`;
}

/** `The gateway limits requests (429): 2 times, 61 s` */
export function waitsInWords({ waits }: ChecklistReport): string[] {
  return waits.map(
    ({ reason, times, seconds }) => `${reason}: ${plural(times, 'time')}, ${inSeconds(seconds)}`,
  );
}
