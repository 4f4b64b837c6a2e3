import { VERBS } from '../check-ids';
import { ACTOR_LABELS, matrixOf, VERDICT_SIGNS } from '../matrix';
import type { ChecklistReport, CheckResult, Evidence, Verdict } from '../verdict';
import {
  answerInWords,
  headOf,
  summaryInWords,
  timeInWords,
  waitsInWords,
  type ReportOptions,
} from './in-words';
import { oneLine, padTo, plural, widthOf, withoutTokens } from './plain';

export interface TextReportOptions extends ReportOptions {
  /** Whether the reader shows ANSI colors. */
  readonly color?: boolean;
}

/** SGR codes of verdicts: green, red, yellow, dim. */
const COLORS: Readonly<Record<Verdict, number>> = { pass: 32, fail: 31, unknown: 33, skipped: 2 };

/** The report as lines for a terminal: the matrix, what did not pass, what is left, and one line that counts. */
export function textReport(report: ChecklistReport, options: TextReportOptions = {}): string {
  const paint = (verdict: Verdict, text: string): string =>
    options.color === true ? `\u001b[${COLORS[verdict]}m${text}\u001b[0m` : text;
  const tables = [...new Set(report.results.map(({ table }) => table))];
  const details = tables.flatMap(table => {
    const ofTable = report.results.filter(result => result.table === table);
    return (['fail', 'unknown', 'skipped'] as const).flatMap(verdict =>
      byReason(ofTable.filter(result => result.verdict === verdict)).flatMap(group =>
        verdict === 'skipped' ? skippedLines(group, paint) : detailLines(group, paint, options),
      ),
    );
  });
  const sections = [
    [`${oneLine(report.url)} · ${report.engine} · ${report.mode} · run ${oneLine(report.runId)}`],
    matrixLines(report.results, paint),
    details,
    [
      ...leftLines(report),
      ...notCheckedLines(report),
      ...waitsInWords(report).map(wait => `waited: ${oneLine(wait)}`),
    ],
    [
      `${timeInWords(report)}.`,
      ...(report.cancelled ? ['The run was cancelled: what was not asked is skipped.'] : []),
      summaryInWords(report),
    ],
  ];
  return withoutTokens(
    sections
      .filter(lines => lines.length > 0)
      .map(lines => lines.join('\n'))
      .join('\n\n'),
  );
}

type Paint = (verdict: Verdict, text: string) => string;

function matrixLines(results: readonly CheckResult[], paint: Paint): string[] {
  const rows = matrixOf(results).map(row => ({ ...row, name: oneLine(row.table) }));
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(({ name }) => widthOf(name)));
  const line = (name: string, actor: string, cells: readonly string[]): string =>
    [padTo(name, width), padTo(actor, 4), ...cells].join('  ').trimEnd();
  return [
    line('', '', VERBS),
    ...rows.map(({ table, name, actor, cells }, index) =>
      line(
        rows[index - 1]?.table === table ? '' : name,
        ACTOR_LABELS[actor],
        VERBS.map(verb => {
          const { verdict } = cells[verb];
          // Painted last: the codes take no columns.
          const sign = verdict === undefined ? ' ' : paint(verdict, VERDICT_SIGNS[verdict]);
          return sign + ' '.repeat(verb.length - 1);
        }),
      ),
    ),
  ];
}

/** Results that say the same, so that it is said once; a failure speaks for itself. */
function byReason(results: readonly CheckResult[]): CheckResult[][] {
  const groups = new Map<unknown, CheckResult[]>();
  for (const result of results) {
    const { verdict, cause, message, advice } = result;
    const key = verdict === 'fail' ? result : JSON.stringify([cause, message, advice]);
    const group = groups.get(key);
    if (group) group.push(result);
    else groups.set(key, [result]);
  }
  return [...groups.values()];
}

function detailLines(group: readonly CheckResult[], paint: Paint, { placeOf }: TextReportOptions): string[] {
  const [first] = group;
  if (!first) return [];
  const { message, advice } = first;
  const place = placeOf?.(first);
  return [
    ...group.map(result => headLine(result, paint)),
    `    ${oneLine(message)}`,
    ...(advice === '' ? [] : [`    ${oneLine(advice)}`]),
    ...(place ? [`    ${oneLine(place.file)}:${place.line}`] : []),
    ...new Set(group.flatMap(({ evidence }) => evidence.map(asked => `      ${evidenceLine(asked)}`))),
  ];
}

function headLine(result: CheckResult, paint: Paint, more = ''): string {
  const { table, verdict, cause } = result;
  const head = oneLine(`${VERDICT_SIGNS[verdict]} ${table} · ${headOf(result)}${more}`);
  return paint(verdict, `${head}${cause === null || verdict === 'skipped' ? '' : ` [${cause}]`}`);
}

function evidenceLine(asked: Evidence): string {
  const { method, path, as, body, headers, expected, control } = asked;
  const sent = [`${method} ${path}`, ...headers, body].filter(part => part !== '').join(' ');
  const wanted = expected === '' ? '' : ` (expected: ${expected})`;
  return oneLine(`${control ? 'control: ' : ''}${sent} as ${as} → ${answerInWords(asked)}${wanted}`);
}

function skippedLines([first, ...others]: readonly CheckResult[], paint: Paint): string[] {
  if (!first) return [];
  const more = others.length > 0 ? `, and ${plural(others.length, 'more check')}` : '';
  return [headLine(first, paint, more), `    ${oneLine(`${first.message} ${first.advice}`.trim())}`];
}

function leftLines({ rows }: ChecklistReport): string[] {
  return rows.left.map(({ table, key, owner, reason }) =>
    oneLine(`! a row was left in ${table} (${key}, owner ${owner}): ${reason}`),
  );
}

function notCheckedLines({ notChecked }: ChecklistReport): string[] {
  return notChecked.map(({ table, reason }) => oneLine(`– ${table} was not checked: ${reason}`));
}
