import { VERBS } from '../check-ids';
import { ACTOR_LABELS, matrixOf, VERDICT_SIGNS } from '../matrix';
import type { ChecklistReport, CheckResult, Evidence } from '../verdict';
import { code, table, text } from './markdown-text';
import {
  answerInWords,
  headOf,
  summaryInWords,
  timeInWords,
  waitsInWords,
  type ReportOptions,
} from './in-words';

/** The report as GitHub-flavored Markdown, for an issue or a pull request. */
export function markdownReport(report: ChecklistReport, options: ReportOptions = {}): string {
  const { results, rows, notChecked } = report;
  const open = results.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
  const skipped = results.filter(({ verdict }) => verdict === 'skipped');
  const blocks = [
    '# Isolation checklist',
    `**${text(summaryInWords(report))}**`,
    ...(report.cancelled ? ['The run was cancelled: what was not asked is skipped.'] : []),
    header(report),
    ...matrix(results),
    ...section(
      'What did not pass',
      open.flatMap(result => details(result, options)),
    ),
    ...section(
      'Skipped',
      list(
        skipped.map(
          result =>
            `${text(`${result.table} · ${headOf(result)}`)}: ${text(`${result.message} ${result.advice}`.trim())}`,
        ),
      ),
    ),
    ...section(
      'Not checked',
      list(notChecked.map(({ table: name, reason }) => `${code(name)}: ${text(reason)}`)),
    ),
    ...section('Rows', rowsBlocks(rows)),
    ...section('Waits', list(waitsInWords(report).map(text))),
  ];
  return blocks.join('\n\n');
}

function header(report: ChecklistReport): string {
  const { url, engine, mode, subjects, started, runId } = report;
  return list([
    `Gateway: ${code(url)} (${text(engine)})`,
    `Mode: ${mode}`,
    `Subjects: A is ${code(subjects[0])}, B is ${code(subjects[1])}`,
    `Started: ${text(started)}, run ${code(runId)}`,
    `Time: ${text(timeInWords(report))}`,
  ]).join('\n');
}

function matrix(results: readonly CheckResult[]): string[] {
  const rows = matrixOf(results);
  if (rows.length === 0) return [];
  const lines = rows.map(({ table: name, actor, cells }, index) => [
    rows[index - 1]?.table === name ? '' : code(name),
    ACTOR_LABELS[actor],
    ...VERBS.map(verb => {
      const { verdict } = cells[verb];
      return verdict === undefined ? '' : VERDICT_SIGNS[verdict];
    }),
  ]);
  return [
    table(['table', 'who → whose', ...VERBS], lines),
    '✔ as it must be · ✖ failed · ? cannot tell · – skipped',
  ];
}

function details(result: CheckResult, { placeOf }: ReportOptions): string[] {
  const { table: name, verdict, cause, message, advice, evidence } = result;
  const place = placeOf?.(result);
  return [
    `### ${VERDICT_SIGNS[verdict]} ${text(`${name} · ${headOf(result)}`)}`,
    `${text(message)}${cause === null ? '' : ` (${code(cause)})`}`,
    ...(advice === '' ? [] : [text(advice)]),
    ...(place ? [`In ${code(`${place.file}:${place.line}`)}`] : []),
    ...(evidence.length === 0
      ? []
      : [table(['asked', 'as', 'expected', 'answered'], evidence.map(evidenceCells))]),
  ];
}

function evidenceCells(asked: Evidence): string[] {
  const { method, path, as, headers, body, expected, control } = asked;
  const sent = [`${method} ${path}`, ...headers, body].filter(part => part !== '').map(code);
  return [
    `${control ? 'control: ' : ''}${sent.join('<br>')}`,
    text(as),
    text(expected),
    text(answerInWords(asked)),
  ];
}

function rowsBlocks({ byTable, left }: ChecklistReport['rows']): string[] {
  return [
    ...(byTable.length === 0
      ? []
      : [
          table(
            ['table', 'made', 'removed'],
            byTable.map(({ table: name, created, removed }) => [
              code(name),
              String(created),
              String(removed),
            ]),
          ),
        ]),
    ...list(
      left.map(
        ({ table: name, key, owner, reason }) =>
          `A row was left in ${code(name)} (${code(key)}, owner ${code(owner)}): ${text(reason)}`,
      ),
    ),
  ];
}

function section(title: string, blocks: readonly string[]): string[] {
  return blocks.length === 0 ? [] : [`## ${title}`, ...blocks];
}

/** One block, or none. */
function list(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [items.map(item => `- ${item}`).join('\n')];
}
