import assert from 'node:assert/strict';
import { Database } from '../../src/database/connection';
import type { LocalFlux } from '../../src/stack/local-flux';
import { PushFailed } from '../../src/stack/push';
import { GUIDE_SQL } from '../support/guide-sql';
import { ask, emptySchema, localFlux, pushAlone, pushFiles, TEST_SCHEMA } from '../support/local-flux';

async function query<Row extends object>(flux: LocalFlux, sql: string): Promise<Row[]> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    return (await database.query<Row>(sql)).rows;
  } finally {
    await database.close();
  }
}

async function refusal(flux: LocalFlux, sql: string): Promise<PushFailed> {
  try {
    await pushAlone(flux, sql);
  } catch (error) {
    assert.ok(error instanceof PushFailed);
    return error;
  }
  throw new assert.AssertionError({ message: `not refused: ${sql}` });
}

const TABLE = `select relowner::regrole::text as owner, relforcerowsecurity as forced, relacl::text as acl
  from pg_class where oid = '${TEST_SCHEMA}.notes'::regclass`;

describe('a push on v2', () => {
  let flux: LocalFlux;
  before(async () => {
    flux = await localFlux('v2_shared');
  });

  it('runs as the tenant’s DDL role, adapts roles and forces row security', async () => {
    await pushAlone(flux, `${GUIDE_SQL} grant usage on schema public to authenticated;`);
    const [table] = await query<{ owner: string; forced: boolean; acl: string }>(flux, TABLE);
    assert.equal(table?.owner, 't_1a2b3c4d5e6f_ddl');
    assert.equal(table.forced, true);
    assert.match(table.acl, /t_1a2b3c4d5e6f_role=arwd\//);
    assert.match(table.acl, /anon=r\//);
  });

  it('leaves a table out of the sweep whose comment asks for it', async () => {
    await pushAlone(flux, `${GUIDE_SQL} comment on table notes is 'flux:no-force-rls: read by a view';`);
    assert.equal((await query<{ forced: boolean }>(flux, TABLE))[0]?.forced, false);
  });

  it('keeps forced what only a later file exempts, unless that file removes FORCE', async () => {
    const exempt = `comment on table notes is 'flux:no-force-rls: read by a view';`;
    for (const [later, forced] of [
      [exempt, true],
      [`${exempt} alter table notes no force row level security;`, false],
    ] as const) {
      const files = [GUIDE_SQL, later].map((text, index) => ({ name: `${index}.sql`, text }));
      await pushFiles(flux, files);
      assert.equal((await query<{ forced: boolean }>(flux, TABLE))[0]?.forced, forced);
    }
  });

  for (const [name, sql, code, reason] of [
    [
      'a second push of the guide',
      `${GUIDE_SQL} ${GUIDE_SQL}`,
      '42710',
      /policy "notes_owner_read" for table "notes" already exists/,
    ],
    [
      'a grant to service_role',
      'create table t (a int); grant select on t to service_role;',
      '42704',
      /role "service_role" does not exist/,
    ],
    ['an extension', 'create extension pgcrypto;', '42501', /permission denied to create extension/],
    ['a table in public', 'create table public.t (a int);', '42501', /permission denied for schema public/],
    [
      'SET ROLE, in a comment as well',
      '-- never set role here\nselect 1;',
      undefined,
      /disallowed privilege escalation/,
    ],
    [
      'a quoted "authenticated", which is not adapted',
      'create table t (a int); grant select on t to "authenticated";',
      '42704',
      /role "authenticated" does not exist/,
    ],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const { code: seen, reason: said } = await refusal(flux, sql);
      assert.equal(seen, code);
      assert.match(said, reason);
    });
  }

  it('says where in the file it failed, and rolls the file back', async () => {
    const error = await refusal(flux, 'create table t (a int);\n-- é🦊\ncreate table u (a nope);');
    assert.equal(error.line, 3);
    assert.match(error.message, /^test\.sql:3: type "nope" does not exist \(42704\)$/);
    const tables = await query(
      flux,
      `select 1 from pg_class where relnamespace = '${TEST_SCHEMA}'::regnamespace and relkind = 'r'`,
    );
    assert.equal(tables.length, 0);
  });

  it('keeps the files before the one that is refused', async () => {
    await emptySchema(flux);
    await assert.rejects(
      flux.push([
        { name: '1.sql', text: 'create table first (a int); alter table first enable row level security;' },
        { name: '2.sql', text: 'create table second (a nope);' },
      ]),
      /^PushFailed: 2\.sql/,
    );
    assert.equal((await ask(flux, '/first', { as: 'ann' })).status, 200);
  });
});

describe('a push on v1', () => {
  let flux: LocalFlux;
  before(async () => {
    flux = await localFlux('v1_dedicated');
  });

  it('runs as postgres and grants everything by default', async () => {
    await pushAlone(flux, GUIDE_SQL);
    const [table] = await query<{ owner: string; forced: boolean; acl: string }>(flux, TABLE);
    assert.equal(table?.owner, 'postgres');
    assert.equal(table.forced, false);
    assert.match(table.acl, /anon=arwdDxt\//);
    assert.match(table.acl, /service_role=arwdDxt\//);
  });

  it('is refused while a table without row security may be written', async () => {
    const { code, reason } = await refusal(flux, 'create table open (a int);');
    assert.equal(code, '42501');
    assert.equal(
      reason,
      `Refusing push: unrestricted write on RLS-disabled exposed API table(s): ${TEST_SCHEMA}.open (anon DELETE, anon INSERT, anon TRUNCATE, anon UPDATE, authenticated DELETE, authenticated INSERT, authenticated TRUNCATE, authenticated UPDATE)`,
    );
    await pushAlone(
      flux,
      'create table open (a int); revoke insert, update, delete, truncate on open from anon, authenticated;',
    );
  });
});
