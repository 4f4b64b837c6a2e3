import { CHECK_FACTS, summarize, type ChecklistReport, type CheckResult, type Verdict } from './verdict';

const SIGNS: Readonly<Record<Verdict, string>> = { pass: '✔', fail: '✖', unknown: '?', skipped: '–' };

/** The report as JSON, format version 1. */
export function jsonReport(report: ChecklistReport): string {
  return JSON.stringify(
    {
      version: 1,
      url: report.url,
      engine: report.engine,
      results: report.results.map(({ table, check, verdict, cause, message, advice, evidence }) => ({
        table,
        check,
        verdict,
        cause,
        message: `${message} ${advice}`.trim(),
        evidence: evidence.map(({ method, path, as, status, code }) => ({ method, path, as, status, code })),
      })),
      rows: report.rows,
      summary: summarize(report.results),
    },
    null,
    2,
  );
}

/** The report as lines for a terminal. */
export function textReport(report: ChecklistReport): string {
  const lines = report.results.flatMap(textOfResult);
  const { pass, fail, unknown, skipped } = summarize(report.results);
  const { created, removed, left } = report.rows;
  return [
    ...lines,
    ...left.map(row => `! a row was left in ${row.table} (${row.key}, owner ${row.owner}): ${row.reason}`),
    `${pass} passed, ${fail} failed, ${unknown} cannot tell, ${skipped} skipped · ${created} ${created === 1 ? 'row' : 'rows'} made, ${removed} removed${left.length > 0 ? `, ${left.length} left` : ''}`,
  ].join('\n');
}

/** The title a check is known by. */
export function titleOf(check: CheckResult['check']): string {
  return CHECK_FACTS[check].title;
}

function textOfResult({ table, check, verdict, cause, message, advice, evidence }: CheckResult): string[] {
  const head = `${SIGNS[verdict]} ${table} · ${titleOf(check)}${cause === null ? '' : ` [${cause}]`}`;
  if (verdict === 'pass') return [head];
  return [
    head,
    `    ${message}`,
    ...(advice === '' ? [] : [`    ${advice}`]),
    ...evidence.map(
      asked =>
        `      ${asked.method} ${asked.path} as ${asked.as} → ${asked.status ?? 'no answer'}${asked.code === null ? '' : ` ${asked.code}`} ${asked.answer}`,
    ),
  ];
}
