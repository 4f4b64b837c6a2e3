import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { parseEnvFile } from '../../../src/flux/env-file';
import { REPOSITORY } from '../../support/local-flux';
import { isAtLeast } from '../../../src/lint/severity';
import { findings } from '../../support/sql';

interface Snippet {
  readonly prefix: string | readonly string[];
  readonly description: string;
  readonly body: readonly string[];
}

const snippets = (name: string): Record<string, Snippet> =>
  JSON.parse(readFileSync(path.join(REPOSITORY, 'snippets', `${name}.json`), 'utf8')) as Record<
    string,
    Snippet
  >;

/** The text a snippet leaves when Tab is pressed through it. */
const expand = ({ body }: Snippet): string =>
  body
    .join('\n')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\{\d+\}|\$0/g, '')
    .replaceAll('\\$', '$');

describe('snippets', () => {
  it('have prefixes nobody else has, and say what they are', () => {
    const all = ['sql', 'typescript', 'dotenv'].flatMap(name => Object.values(snippets(name)));
    const prefixes = all.flatMap(({ prefix }) => prefix);
    assert.equal(new Set(prefixes).size, prefixes.length);
    assert.ok(prefixes.every(prefix => /^(?:rls|flux)-/.test(prefix)));
    assert.ok(all.every(({ description }) => description.length > 10));
  });

  it('make SQL that the linter has no warning about', async () => {
    const worth = async (sql: string): Promise<string[]> =>
      (await findings(sql)).filter(({ severity }) => isAtLeast(severity, 'warning')).map(({ rule }) => rule);
    const table = snippets('sql')['RLS: table with an owner']!;
    assert.deepEqual(await worth(expand(table)), []);
    const parts = [
      'RLS: enable',
      'RLS: SELECT policy',
      'RLS: INSERT policy',
      'RLS: UPDATE policy',
      'RLS: DELETE policy',
      'RLS: grants',
    ];
    const sql = [
      'create table notes (id uuid primary key, owner_id text not null default auth.uid());',
      ...parts.map(name => expand(snippets('sql')[name]!)),
    ].join('\n');
    assert.deepEqual(await worth(sql), []);
  });

  it('make TypeScript that parses, and dotenv lines that are read', () => {
    for (const [name, snippet] of Object.entries(snippets('typescript'))) {
      const { diagnostics } = ts.transpileModule(expand(snippet), { reportDiagnostics: true });
      assert.deepEqual(diagnostics, [], name);
    }
    const keys = Object.keys(parseEnvFile(expand(snippets('dotenv')['Flux: variables of .env.local']!)));
    assert.deepEqual(keys, [
      'AUTH_SECRET',
      'AUTH_TRUST_HOST',
      'AUTH_GITHUB_ID',
      'AUTH_GITHUB_SECRET',
      'FLUX_URL',
      'FLUX_JWT_SECRET',
    ]);
  });
});
