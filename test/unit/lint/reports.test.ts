import assert from 'node:assert/strict';
import { ruleMarkdown, ruleText } from '../../../src/lint/docs';
import type { Finding } from '../../../src/lint/finding';
import { judge } from '../../../src/lint/linter';
import { githubReport } from '../../../src/lint/report/github';
import { jsonReport } from '../../../src/lint/report/json';
import type { LintRun } from '../../../src/lint/report/lint-run';
import { sarifReport, type SarifContext } from '../../../src/lint/report/sarif';
import { textReport } from '../../../src/lint/report/text';
import { RULES } from '../../../src/lint/rules';
import { SqlParser } from '../../../src/sql/parser';
import { parseSource, type SourceFile } from '../../../src/sql/source-file';
import { BASIC_RULES } from '../../support/rules';
import { sarifObjections, type Region, type SarifLog } from '../../support/sarif';

const TABLES = `-- 🦊 tables
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create table log (owner_id text not null);
`;
const POLICIES = `create policy read on notes for select to authenticated using (true);
-- flux-rls-disable-next-line policy-always-true: "published", 100 %
create policy read_all on notes for select to authenticated using (true);
-- flux-rls-disable-next-line policy-always-true
create policy read_again on notes for select to authenticated using (true);
create policy write on notes for insert to authenticated with check (owner_id = auth.uid());
`;

let parser: SqlParser;
before(async () => {
  parser = await SqlParser.load();
});

function run(texts: Record<string, string>, asked = Object.keys(texts)): LintRun {
  const files = Object.entries(texts).map(([name, text]) => parseSource(parser, name, text));
  const { findings, suppressed } = judge(files, { engine: 'v2_shared', rules: BASIC_RULES });
  return { findings, suppressed, asked, files };
}

/** A run with one finding that is made up. */
function made(file: SourceFile, finding: Partial<Finding>): LintRun {
  const at = { file: file.name, start: 0, end: 1 };
  const findings = [
    { rule: 'sql-syntax', severity: 'error' as const, at, message: 'm', related: [], ...finding },
  ];
  return { findings, suppressed: [], asked: [file.name], files: [file] };
}

describe('SARIF', () => {
  const CONTEXT: SarifContext = {
    version: '1.2.3',
    rules: RULES,
    root: 'file:///repository/',
    toRootPath: file => file,
  };
  function log(lintRun: LintRun, context = CONTEXT): SarifLog {
    const parsed: unknown = JSON.parse(sarifReport(lintRun, context));
    assert.deepEqual(sarifObjections(parsed), []);
    return parsed as SarifLog;
  }
  /** The text that a region marks. */
  const textAt = (text: string, { startLine, startColumn, endLine, endColumn }: Region): string => {
    const lines = text.split('\n');
    const offset = (line: number, column: number): number =>
      lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
    return text.slice(offset(startLine, startColumn), offset(endLine, endColumn));
  };

  it('is held to the schema: a log with a mistake is refused', () => {
    assert.deepEqual(sarifObjections({ version: '2.1.0', runs: [{ tool: { driver: {} } }] }), [
      "/runs/0/tool/driver must have required property 'name'",
    ]);
    assert.notDeepEqual(sarifObjections({ version: '2.0.0', runs: [] }), []);
  });

  it('has the findings, at the places of the text, with rules that explain them', () => {
    const { runs } = log(run({ '1.sql': TABLES, '2.sql': POLICIES }));
    const [{ tool, results, columnKind, invocations, originalUriBaseIds, artifacts }] = runs;
    assert.deepEqual(
      [tool.driver.name, tool.driver.semanticVersion, columnKind, invocations],
      ['Flux RLS', '1.2.3', 'utf16CodeUnits', [{ executionSuccessful: true }]],
    );
    assert.equal(originalUriBaseIds['%SRCROOT%'].uri, 'file:///repository/');
    assert.deepEqual(
      artifacts.map(({ location }) => location),
      [
        { uri: '1.sql', uriBaseId: '%SRCROOT%' },
        { uri: '2.sql', uriBaseId: '%SRCROOT%' },
      ],
    );
    const texts: Record<string, string> = { '1.sql': TABLES, '2.sql': POLICIES };
    const found = results.map(({ ruleId, ruleIndex, level, locations: [{ physicalLocation }] }) => {
      assert.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
      const { artifactLocation, region } = physicalLocation;
      return `${level} ${ruleId} ${textAt(texts[artifactLocation.uri] ?? '', region)}`;
    });
    assert.deepEqual(found, [
      'error rls-not-enabled log',
      'error policy-always-true true',
      'note suppress-no-reason -- flux-rls-disable-next-line policy-always-true',
      'error grant-missing-table write',
      'error policy-always-true true',
      'error policy-always-true true',
    ]);
    for (const { id, help } of tool.driver.rules) {
      const rule = RULES.find(known => known.id === id)!;
      assert.deepEqual(help, { text: ruleText(rule), markdown: ruleMarkdown(rule) });
    }
    assert.equal(
      tool.driver.rules.find(({ id }) => id === 'suppress-no-reason')?.defaultConfiguration.level,
      'note',
    );
  });

  it('keeps what a comment hides, with the reason', () => {
    const [{ results }] = log(run({ '1.sql': TABLES, '2.sql': POLICIES })).runs;
    const hidden = results.filter(({ ruleId }) => ruleId === 'policy-always-true');
    assert.deepEqual(
      hidden.map(({ suppressions }) => suppressions),
      [[], [{ kind: 'inSource', justification: '"published", 100 %' }], [{ kind: 'inSource' }]],
    );
  });

  it('has fixes that can be applied, and places in files that were not asked for', () => {
    const [{ results, artifacts }] = log(run({ '1.sql': TABLES, '2.sql': POLICIES }, ['2.sql'])).runs;
    assert.equal(artifacts.length, 1);
    const grant = results.find(({ ruleId }) => ruleId === 'grant-missing-table')!;
    const [{ description, artifactChanges }] = grant.fixes!;
    assert.equal(description.text, 'Grant SELECT, INSERT on notes to authenticated');
    const [change] = artifactChanges;
    assert.equal(change?.artifactLocation.uri, '2.sql');
    const [{ deletedRegion, insertedContent }] = change.replacements as [(typeof change.replacements)[0]];
    assert.equal(insertedContent.text, '\ngrant select, insert on notes to authenticated;');
    assert.deepEqual(
      [deletedRegion.startLine, deletedRegion.startColumn, deletedRegion.endLine, deletedRegion.endColumn],
      [6, 93, 6, 93],
    );
    const [related] = grant.relatedLocations!;
    const { artifactLocation, region } = related!.physicalLocation;
    assert.deepEqual([artifactLocation.uri, textAt(TABLES, region)], ['1.sql', 'notes']);
  });

  it('writes file names as URIs', () => {
    const uris = (name: string, context = CONTEXT): unknown =>
      log(made(parseSource(parser, name, 'select 1;'), {}), context).runs[0].results[0]?.locations[0]
        .physicalLocation.artifactLocation;
    assert.deepEqual(uris('my sql/#1 ü%.sql'), {
      uri: 'my%20sql/%231%20%C3%BC%25.sql',
      uriBaseId: '%SRCROOT%',
    });
    assert.deepEqual(uris('<stdin>'), { uri: '%3Cstdin%3E', uriBaseId: '%SRCROOT%' });
    assert.deepEqual(uris('/else where/a.sql'), { uri: 'file:///else%20where/a.sql' });
    assert.deepEqual(uris('C:/sql/a.sql'), { uri: 'file:///C:/sql/a.sql' });
    assert.deepEqual(uris('a.sql', { ...CONTEXT, toRootPath: file => `apps/db/${file}` }), {
      uri: 'apps/db/a.sql',
      uriBaseId: '%SRCROOT%',
    });
  });

  it('is valid for every rule, and for nothing found', () => {
    const file = parseSource(parser, '1.sql', 'select 1;');
    assert.deepEqual(log({ findings: [], suppressed: [], asked: [], files: [] }).runs[0].results, []);
    for (const rule of RULES) log(made(file, { rule: rule.id }));
  });
});

describe('workflow commands', () => {
  /** Reads a command as the runner does. */
  function parsed(line: string): { command: string; properties: Record<string, string>; message: string } {
    const [, command, properties, message] = /^::(\w+) (.*?)::(.*)$/s.exec(line)!;
    const plain = (text: string): string =>
      text
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',')
        .replaceAll('%0D', '\r')
        .replaceAll('%0A', '\n')
        .replaceAll('%25', '%');
    const pairs = properties!.split(',').map(pair => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), plain(pair.slice(at + 1))] as const;
    });
    const data = message!.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
    return { command: command!, properties: Object.fromEntries(pairs), message: data };
  }
  const report = (lintRun: LintRun): string[] => githubReport(lintRun, file => `db/${file}`).split('\n');

  it('say what was found and where, one a line, and how many at the end', () => {
    const lines = report(run({ '1.sql': TABLES }));
    assert.deepEqual(lines.slice(1), ['1 error in 1 file']);
    const { command, properties, message } = parsed(lines[0]!);
    assert.equal(command, 'error');
    assert.deepEqual(properties, {
      file: 'db/1.sql',
      line: '4',
      endLine: '4',
      col: '14',
      endColumn: '17',
      title: 'rls-not-enabled',
    });
    assert.match(message, /^Row-level security is off on log/);
  });

  it('keep every sign of names and messages', () => {
    const name = 'a,b:c%2C=d::.sql';
    const message = '100%: a, b%0A::error::\r\nnext line';
    const [line, ...rest] = report(made(parseSource(parser, name, 'select 1;'), { message }));
    assert.deepEqual(rest, ['1 error in 1 file']);
    const read = parsed(line!);
    assert.deepEqual([read.properties.file, read.message], [`db/${name}`, message]);
  });

  it('know three severities', () => {
    const file = parseSource(parser, '1.sql', 'select 1;');
    const commands = (['error', 'warning', 'info', 'hint'] as const).map(
      severity => parsed(report(made(file, { severity }))[0]!).command,
    );
    assert.deepEqual(commands, ['error', 'warning', 'notice', 'notice']);
  });

  it('have columns only within one line', () => {
    const file = parseSource(parser, '1.sql', 'select\n1;');
    const { properties } = parsed(report(made(file, { at: { file: '1.sql', start: 0, end: 8 } }))[0]!);
    assert.deepEqual(Object.keys(properties), ['file', 'line', 'endLine', 'title']);
    assert.deepEqual([properties.line, properties.endLine], ['1', '2']);
  });

  it('leave out what a comment hides', () => {
    assert.equal(
      report(run({ '1.sql': TABLES, '2.sql': POLICIES }, ['2.sql'])).filter(l =>
        l.includes('=policy-always-true'),
      ).length,
      1,
    );
  });
});

describe('text and JSON', () => {
  it('leave out what a comment hides, and count it nowhere', () => {
    const lintRun = run({ '1.sql': TABLES, '2.sql': POLICIES });
    assert.equal(textReport(lintRun).split('\n').at(-1), '3 errors, 1 hint in 2 files');
    const { findings, summary } = JSON.parse(jsonReport(lintRun)) as { findings: unknown[]; summary: object };
    assert.equal(findings.length, 4);
    assert.deepEqual(summary, { errors: 3, warnings: 0, infos: 0, hints: 1, files: 2 });
  });
});
