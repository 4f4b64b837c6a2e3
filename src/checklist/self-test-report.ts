import { engineLabel } from '../flux/engine';
import type { DefectResult, Noticed, SelfTestReport } from './self-test';
import { CHECK_FACTS, summarize, type CheckId, type CheckResult } from './verdict';

/** The report as JSON, format version 1. */
export function selfTestJson(report: SelfTestReport): string {
  const { engine, seconds, baseline, defects, uncaught, withoutEffect, silent, cancelled } = report;
  return JSON.stringify(
    {
      version: 1,
      engine,
      seconds,
      cancelled,
      baseline: {
        summary: summarize(baseline.results),
        notPassed: notPassed(report).map(({ table, check, through, verdict, cause, message }) => ({
          table,
          check,
          through,
          verdict,
          cause,
          message,
        })),
      },
      defects: defects.map(({ defect, ...result }) => ({
        id: defect.id,
        table: defect.table,
        verb: defect.verb,
        effect: defect.effect,
        plant: defect.plant,
        expectedBy: defect.expectedBy,
        ...result,
      })),
      uncaught: uncaught.map(({ id }) => id),
      withoutEffect: withoutEffect.map(({ id }) => id),
      silent,
    },
    null,
    2,
  );
}

/** The report as lines for a terminal. */
export function selfTestText(report: SelfTestReport): string {
  const tables = [...new Set(report.defects.map(({ defect }) => defect.table))];
  return [
    ...tables.flatMap(table => [
      table,
      ...report.defects
        .filter(({ defect }) => defect.table === table)
        .map(result => `  ${signOf(result)} ${result.defect.title}: ${inWords(result)}`),
    ]),
    ...remarks(report).flatMap(({ title, lines }) => ['', title, ...lines.map(line => `  ${line}`)]),
    '',
    summary(report),
  ].join('\n');
}

/** The report as a Markdown page without its heading. */
export function selfTestMarkdown(report: SelfTestReport): string {
  const rows = report.defects.map(
    result =>
      `| ${cell(result.defect.table)} | ${cell(result.defect.title)} | ${signOf(result)} ${cell(inWords(result))} |`,
  );
  return [
    summary(report),
    ...remarks(report).map(
      ({ title, lines }) => `### ${title}\n\n${lines.map(line => `- ${line}`).join('\n')}`,
    ),
    ['| Table | Defect | Noticed by |', '|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

/** One sentence: how many defects were planted, and how many of them were caught. */
function summary({ defects, uncaught, withoutEffect, engine, cancelled, seconds }: SelfTestReport): string {
  const planted = defects.filter(({ problem }) => problem === '').length;
  const caught = planted - uncaught.length - withoutEffect.length;
  const start = cancelled ? 'Cancelled. ' : '';
  return `${start}${caught} of ${planted} planted defects caught, ${uncaught.length} not, ${withoutEffect.length} without effect · ${engineLabel(engine)}, ${seconds.toFixed(0)} s`;
}

function remarks(report: SelfTestReport): { readonly title: string; readonly lines: readonly string[] }[] {
  const { uncaught, withoutEffect, silent, defects } = report;
  const missed = defects.filter(({ missedBy }) => missedBy.length > 0);
  const problems = defects.filter(({ problem }) => problem !== '');
  const before = notPassed(report);
  return [
    {
      title: 'Caught by nothing',
      lines: uncaught.map(({ id, expectedBy }) => `${id}: expected of ${expectedBy.map(titleOf).join('; ')}`),
    },
    {
      title: 'Passed although a defect was there',
      lines: missed.map(({ defect, missedBy }) => `${defect.id}: ${missedBy.map(titleOf).join('; ')}`),
    },
    {
      title: 'Checks that noticed no defect',
      lines: silent.map(check => `${titleOf(check)} (${check})`),
    },
    {
      title: 'Without effect: something else lets in, or keeps out, the same requests',
      lines: withoutEffect.map(({ id }) => id),
    },
    { title: 'Not planted', lines: problems.map(({ defect, problem }) => `${defect.id}: ${problem}`) },
    {
      title: 'Not passed without any defect: what these checks say proves nothing here',
      lines: before.map(
        ({ table, check, through, message }) =>
          `${table}${through === undefined ? '' : ` through ${through}`} · ${titleOf(check)}: ${message}`,
      ),
    },
  ].filter(({ lines }) => lines.length > 0);
}

function notPassed({ baseline }: SelfTestReport): CheckResult[] {
  return baseline.results.filter(({ verdict }) => verdict !== 'pass');
}

function signOf({ caughtBy, alsoCaughtBy, missedBy, defect, problem }: DefectResult): string {
  if (problem !== '') return '–';
  if (caughtBy.length + alsoCaughtBy.length === 0) return defect.expectedBy.length > 0 ? '✖' : '–';
  return missedBy.length > 0 ? '!' : '✔';
}

function inWords({ caughtBy, alsoCaughtBy, missedBy, defect, problem }: DefectResult): string {
  if (problem !== '') return `not planted: ${problem}`;
  const noticed = [...caughtBy, ...alsoCaughtBy];
  if (noticed.length === 0) return defect.expectedBy.length > 0 ? 'caught by nothing' : 'without effect';
  const failed = names(noticed.filter(({ verdict }) => verdict === 'fail'));
  const untold = names(noticed.filter(({ verdict }) => verdict !== 'fail'));
  return [
    ...(failed === '' ? [] : [failed]),
    ...(untold === '' ? [] : [`cannot tell any more: ${untold}`]),
    ...(missedBy.length === 0 ? [] : [`passed all the same: ${missedBy.join(', ')}`]),
  ].join('; ');
}

function names(noticed: readonly Noticed[]): string {
  return noticed
    .map(({ check, through }) => (through === undefined ? check : `${check} (${through})`))
    .join(', ');
}

function titleOf(check: CheckId): string {
  return CHECK_FACTS[check].title;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
