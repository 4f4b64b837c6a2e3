import type { ChecklistReport, CheckResult } from '../verdict';
import { answerInWords, headOf, summaryInWords, waitsInWords, type ReportOptions } from './in-words';
import { withoutTokens } from './plain';
import { attributes, content, element } from './xml';

/**
 * The report as JUnit XML, which CI servers show: a suite per table, a case per check. What cannot be told is an error;
 * a table that was left out is a suite with one skipped case.
 * https://github.com/testmoapp/junitxml
 */
export function junitReport(report: ChecklistReport, options: ReportOptions = {}): string {
  const { results, notChecked, rows } = report;
  const tables = [...new Set([...results, ...rows.left].map(({ table }) => table))];
  const suites = [
    ...tables.map(table =>
      suite(
        report,
        table,
        results.filter(result => result.table === table).map(result => caseOf(result, options)),
      ),
    ),
    ...notChecked.map(({ table, reason }) => suite(report, table, [notCheckedCase(table, reason)])),
  ];
  const cases = suites.flatMap(one => one.cases);
  return withoutTokens(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: 'flux-rls check', ...counts(cases), time: time(report.seconds) })}>`,
      ...suites.map(({ xml }) => xml),
      '</testsuites>',
    ].join('\n'),
  );
}

interface TestCase {
  readonly kind: 'pass' | 'failure' | 'error' | 'skipped';
  readonly seconds: number;
  readonly xml: string;
}

interface Suite {
  readonly cases: readonly TestCase[];
  readonly xml: string;
}

function suite(report: ChecklistReport, table: string, cases: readonly TestCase[]): Suite {
  const properties = {
    engine: report.engine,
    mode: report.mode,
    run: report.runId,
    url: report.url,
    subjects: report.subjects.join(', '),
    cancelled: String(report.cancelled),
    summary: summaryInWords(report),
    waits: waitsInWords(report).join('; '),
  };
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  // A date with a zone is none to the schema that Jenkins reads by.
  const timestamp = report.started.replace(/(\.\d+)?Z$/, '');
  const left = report.rows.left.filter(row => row.table === table);
  const xml = [
    `  <testsuite${attributes({ name: table, ...counts(cases), time: time(seconds), timestamp })}>`,
    '    <properties>',
    ...Object.entries(properties).map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    '    </properties>',
    ...cases.map(one => one.xml),
    ...element(
      '    ',
      'system-err',
      left.map(({ key, owner, reason }) => `A row was left (${key}, owner ${owner}): ${reason}`).join('\n'),
    ),
    '  </testsuite>',
  ].join('\n');
  return { cases, xml };
}

const KINDS = { pass: 'pass', fail: 'failure', unknown: 'error', skipped: 'skipped' } as const;

function caseOf(result: CheckResult, { placeOf }: ReportOptions): TestCase {
  const { table, verdict, cause, message, advice, evidence } = result;
  const place = placeOf?.(result);
  const kind = KINDS[verdict];
  const type = cause ?? verdict;
  const text = [advice, place ? `${place.file}:${place.line}` : ''].filter(part => part !== '').join('\n');
  const outcome =
    kind === 'pass'
      ? []
      : kind === 'skipped'
        ? [`      <skipped${attributes({ message: `${message} ${advice}`.trim() })}/>`]
        : [`      <${kind}${attributes({ message, type })}>${content(text)}</${kind}>`];
  const seconds = evidence.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  return testCase(kind, table, headOf(result), seconds, [
    ...outcome,
    ...element('      ', 'system-out', evidenceText(result)),
  ]);
}

function notCheckedCase(table: string, reason: string): TestCase {
  return testCase('skipped', table, 'Not checked', 0, [`      <skipped${attributes({ message: reason })}/>`]);
}

function testCase(
  kind: TestCase['kind'],
  classname: string,
  name: string,
  seconds: number,
  children: readonly string[],
): TestCase {
  const opening = `    <testcase${attributes({ name, classname, time: time(seconds) })}`;
  const xml =
    children.length === 0 ? `${opening}/>` : [`${opening}>`, ...children, '    </testcase>'].join('\n');
  return { kind, seconds, xml };
}

function evidenceText({ evidence }: CheckResult): string {
  return evidence
    .map(asked => {
      const { method, path, as, headers, body, expected, control } = asked;
      return [
        `${method} ${path} as ${as}${control ? ' (control)' : ''}`,
        ...headers.map(header => `  ${header}`),
        ...(body === '' ? [] : [`  ${body}`]),
        ...(expected === '' ? [] : [`  expected: ${expected}`]),
        `  answered: ${answerInWords(asked)}`,
      ].join('\n');
    })
    .join('\n');
}

function counts(cases: readonly TestCase[]): Record<string, string> {
  const count = (kind: TestCase['kind']): string => String(cases.filter(one => one.kind === kind).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}
