import assert from 'node:assert/strict';
import { tenantOf } from '../../../src/flux/names';
import { adaptForV2, hasEscalationWords } from '../../../src/flux/push-adapt';
import { inPushOrder, isPushDirectory } from '../../../src/flux/push-target';
import { defaultPushSet, pushSetOf } from '../../../src/lint/push';

const TENANT = tenantOf('t_1a2b3c4d5e6f_api')!;
const ROLE = '"t_1a2b3c4d5e6f_role"';
const SCHEMA = '"t_1a2b3c4d5e6f_api"';

describe('what a v2 push makes of SQL', () => {
  const cases: [sql: string, adapted: string][] = [
    ['grant select on notes to authenticated', `grant select on notes to ${ROLE}`],
    ['REVOKE ALL ON notes FROM Authenticated', `REVOKE ALL ON notes FROM ${ROLE}`],
    ['create policy p on t to authenticated using (true)', `create policy p on t to ${ROLE} using (true)`],
    [
      'alter default privileges in schema public grant select on tables to authenticated',
      `alter default privileges in schema ${SCHEMA} grant select on tables to ${ROLE}`,
    ],
    ['grant usage on schema public to authenticated', `grant usage on schema ${SCHEMA} to ${ROLE}`],
    // What the platform leaves as it is.
    ['alter policy p on t to authenticated', 'alter policy p on t to authenticated'],
    ['grant select on t to "authenticated"', 'grant select on t to "authenticated"'],
    [
      'grant insert on all tables in schema public to anon',
      'grant insert on all tables in schema public to anon',
    ],
    ['grant usage on schema "public" to anon', 'grant usage on schema "public" to anon'],
    ['grant select on public.t to anon', 'grant select on public.t to anon'],
    [
      "select 'authenticated'; -- grant to authenticated",
      "select 'authenticated'; -- grant to authenticated",
    ],
    [
      'do $$ begin grant select on t to authenticated; end $$',
      'do $$ begin grant select on t to authenticated; end $$',
    ],
    [
      `grant select on t to /* authenticated */ authenticated; select E'\\'authenticated'`,
      `grant select on t to /* authenticated */ ${ROLE}; select E'\\'authenticated'`,
    ],
    ['create table authenticated (a int)', 'create table authenticated (a int)'],
    ['grant select on authenticated to anon', `grant select on ${ROLE} to anon`],
  ];
  for (const [sql, adapted] of cases) {
    it(sql, () => {
      assert.equal(adaptForV2(sql, TENANT), adapted);
      assert.equal(adaptForV2(adapted, TENANT), adapted, 'adapting twice changes nothing');
    });
  }

  it('refuses escalation words wherever they stand', () => {
    for (const sql of [
      'set role x',
      'SET LOCAL ROLE x',
      "select 'reset role'",
      '-- set session authorization',
      'set  role',
    ]) {
      assert.equal(hasEscalationWords(sql), true, sql);
    }
    assert.equal(hasEscalationWords('create role x; set search_path = a'), false);
  });
});

describe('the files of a push', () => {
  const tree: Record<string, string[]> = {
    '/app': ['package.json', 'sql', 'schema.sql', 'flux'],
    '/app/sql': ['b.sql', 'a.sql', 'B.sql', '10.sql', '9.sql', 'notes.md'],
    '/app/flux/migrations': ['0001_a.sql', '0002_b.sql'],
    '/lonely': ['schema.sql', 'seed.sql'],
    '/empty': ['readme.md'],
  };
  const files = { list: (path: string): Promise<string[] | undefined> => Promise.resolve(tree[path]) };

  it('sort by code unit, as the platform does', () => {
    assert.deepEqual(inPushOrder(tree['/app/sql']!), ['10.sql', '9.sql', 'B.sql', 'a.sql', 'b.sql']);
  });

  it('are found as flux push finds them: flux/migrations before sql', async () => {
    assert.deepEqual((await defaultPushSet('/app', files))?.files, [
      '/app/flux/migrations/0001_a.sql',
      '/app/flux/migrations/0002_b.sql',
    ]);
    assert.deepEqual((await defaultPushSet('/lonely', files))?.files, ['/lonely/schema.sql']);
    assert.equal(await defaultPushSet('/empty', files), undefined);
  });

  it('are a directory’s, or one file alone, or one among its neighbors', async () => {
    assert.equal((await pushSetOf('/app/sql', files))?.files.length, 5);
    assert.deepEqual((await pushSetOf('/lonely/seed.sql', files))?.files, ['/lonely/seed.sql']);
    const second = await pushSetOf('/app/flux/migrations/0002_b.sql', files);
    assert.deepEqual(second?.files, ['/app/flux/migrations/0001_a.sql', '/app/flux/migrations/0002_b.sql']);
    assert.deepEqual([...second.asked], ['/app/flux/migrations/0002_b.sql']);
  });

  it('lie in directories of certain names, at any depth', () => {
    for (const directory of [
      'migrations',
      'apps/web/migrations',
      'flux/migrations',
      'sql',
      'sql/migrations',
    ]) {
      assert.equal(isPushDirectory(directory), true, directory);
    }
    for (const directory of ['', 'src', 'my-migrations', 'sql/seeds'])
      assert.equal(isPushDirectory(directory), false, directory);
  });
});
