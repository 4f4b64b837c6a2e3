import assert from 'node:assert/strict';
import type { Engine } from '../../../src/flux/engine';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { SchemaModel } from '../../../src/schema/model';
import { schemaObject } from '../../../src/schema/privileges';
import { parseAll } from '../../support/sql';

async function model(
  sql: string | string[],
  engine: Engine = 'v2_shared',
  apiSchema?: string,
): Promise<SchemaModel> {
  return modelFromStatements(await parseAll(...[sql].flat()), { engine, apiSchema });
}

const held = (state: SchemaModel, table: string, role = 'authenticated'): string[] =>
  ['select', 'insert', 'update', 'delete', 'truncate'].filter(verb =>
    state.privileges.origin(table, role, verb),
  );

describe('the model of a push', () => {
  it('folds several files in order', async () => {
    const state = await model([
      'create table notes (id int primary key, owner_id uuid);',
      'alter table notes enable row level security; alter table notes alter column owner_id type text, alter owner_id set not null;',
      'alter table notes add column body text default now()::text; alter table notes drop column id;',
    ]);
    const notes = state.tables.get('.notes');
    assert.equal(notes?.rowSecurity, true);
    assert.deepEqual(
      [...notes.columns.values()].map(({ name, type, notNull }) => [name, type, notNull]),
      [
        ['owner_id', 'text', true],
        ['body', 'text', false],
      ],
    );
  });

  it('forgets row security and policies with a dropped table', async () => {
    const state = await model(`create table t (a int); alter table t enable row level security;
      create policy p on t using (true); drop table t; create table t (a int);`);
    assert.equal(state.tables.get('.t')?.rowSecurity, false);
    assert.equal(state.tables.get('.t')?.policies.length, 0);
  });

  it('follows renames, drops and LIKE', async () => {
    const state =
      await model(`create table a (id int primary key, owner_id text not null); alter table a enable row level security;
      create policy p on a using (owner_id = auth.uid()); create policy q on a using (true); drop policy q on a;
      alter table a rename to b; alter table b rename column owner_id to owner; alter policy p on b rename to r;
      create table c (like b);`);
    assert.equal(state.tables.has('.a'), false);
    assert.deepEqual(
      state.tables.get('.b')?.policies.map(({ name }) => name),
      ['r'],
    );
    assert.deepEqual([...state.tables.get('.b')!.columns.keys()], ['id', 'owner']);
    assert.deepEqual([...state.tables.get('.c')!.columns.keys()], ['id', 'owner']);
    assert.equal(state.tables.get('.c')?.rowSecurity, false);
  });

  it('knows what the files do not make', async () => {
    const state = await model(
      'create policy p on elsewhere using (true); alter table other enable row level security;',
    );
    assert.equal(state.tables.get('.elsewhere')?.created, undefined);
    assert.equal(state.tables.get('.elsewhere')?.rowSecurity, undefined);
    assert.equal(state.tables.get('.other')?.rowSecurity, true);
    assert.deepEqual(state.exposedTables, []);
  });

  it('puts unqualified names into the API schema', async () => {
    const named = await model('create table t (a int)', 'v2_shared', 't_1a2b3c4d5e6f_api');
    assert.ok(named.tables.has('t_1a2b3c4d5e6f_api.t'));
    const seen = await model(
      'create table t (a int); grant usage on schema t_1a2b3c4d5e6f_api to authenticated;',
    );
    assert.ok(seen.tables.has('t_1a2b3c4d5e6f_api.t'));
    const public_ = await model('create table public.t (a int)', 'v1_dedicated');
    assert.deepEqual(public_.exposedTables, []);
  });

  it('starts with what each platform grants', async () => {
    assert.deepEqual(held(await model('create table t (a int)', 'v2_shared'), '.t'), ['select']);
    const v1 = await model('create table t (a int)', 'v1_dedicated');
    assert.deepEqual(held(v1, '.t'), ['select', 'insert', 'update', 'delete', 'truncate']);
    assert.deepEqual(held(v1, '.t', 'anon'), ['select', 'insert', 'update', 'delete', 'truncate']);
  });

  it('reads GRANT and REVOKE in their forms', async () => {
    const grants: [sql: string, verbs: string[]][] = [
      ['grant insert on t to authenticated', ['select', 'insert']],
      ['grant insert, update on table t to public', ['select', 'insert', 'update']],
      ['grant all on t to authenticated', ['select', 'insert', 'update', 'delete', 'truncate']],
      [
        'grant all privileges on all tables in schema t_1a2b3c4d5e6f_api to authenticated',
        ['select', 'insert', 'update', 'delete', 'truncate'],
      ],
      ['grant update (a) on t to authenticated', ['select', 'update']],
      ['grant delete on t to t_1a2b3c4d5e6f_role', ['select', 'delete']],
      ['revoke select on t from authenticated', []],
      ['grant insert on t to editors; grant editors to authenticated', ['select', 'insert']],
      // A v2 push does not adapt this form, so it grants nothing.
      ['grant insert on all tables in schema public to authenticated', ['select']],
    ];
    for (const [sql, verbs] of grants) {
      const state = await model(`create table t (a int); ${sql};`, 'v2_shared', 't_1a2b3c4d5e6f_api');
      assert.deepEqual(held(state, 't_1a2b3c4d5e6f_api.t'), verbs, sql);
    }
  });

  it('applies default privileges to the tables after them', async () => {
    const state = await model(
      'create table a (x int); alter default privileges grant insert on tables to authenticated; create table b (x int);',
    );
    assert.deepEqual(held(state, '.a'), ['select']);
    assert.deepEqual(held(state, '.b'), ['select', 'insert']);
  });

  it('reads "on schema public" as the tenant’s schema on v2 only', async () => {
    const sql = 'create table t (a int); grant usage on schema public to authenticated;';
    const usage = (state: SchemaModel): string | undefined =>
      state.privileges.origin(schemaObject('t_1a2b3c4d5e6f_api'), 'authenticated', 'usage');
    assert.equal(usage(await model(sql, 'v2_shared', 't_1a2b3c4d5e6f_api')), 'files');
    assert.equal(usage(await model(sql, 'v1_dedicated', 't_1a2b3c4d5e6f_api')), 'platform');
  });

  it('finds owner columns by use, and by name only where no policy speaks of the subject', async () => {
    const owners = async (sql: string): Promise<string[]> => {
      const state = await model(sql);
      return state.ownerColumns([...state.tables.values()][0]!).map(({ name }) => name);
    };
    const table = 'create table t (id int, user_id text, team text);';
    assert.deepEqual(await owners(table), ['user_id']);
    assert.deepEqual(await owners(`${table} create policy p on t using (team = (select auth.uid()));`), [
      'team',
    ]);
    assert.deepEqual(await owners(`${table} create policy p on t using (t.user_id::text in (auth.uid()));`), [
      'user_id',
    ]);
    assert.deepEqual(
      await owners(
        `${table} create policy p on t using (exists (select 1 from m where m.owner = auth.uid()));`,
      ),
      [],
    );
  });

  it('reads security_invoker in every spelling', async () => {
    for (const [options, expected] of [
      ['', false],
      [' with (security_invoker)', true],
      [' with (security_invoker = true)', true],
      [' with (security_invoker = on)', true],
      [' with (security_barrier, security_invoker = 1)', true],
      [' with (security_invoker = off)', false],
    ] as const) {
      const state = await model(`create view v${options} as select 1`);
      assert.equal(state.views.get('.v')?.securityInvoker, expected, options);
    }
    const altered = await model('create view v as select 1; alter view v set (security_invoker = true);');
    assert.equal(altered.views.get('.v')?.securityInvoker, true);
    const reset = await model(
      'create view v with (security_invoker) as select 1; alter view v reset (security_invoker);',
    );
    assert.equal(reset.views.get('.v')?.securityInvoker, false);
  });
});
