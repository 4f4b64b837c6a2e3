import assert from 'node:assert/strict';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { SchemaModel } from '../../../src/schema/model';
import { parseAll } from '../../support/sql';

async function model(sql: string, apiSchema?: string): Promise<SchemaModel> {
  const files = await parseAll(sql);
  assert.deepEqual(files[0]!.errors, []);
  return modelFromStatements(files, { engine: 'v1_dedicated', apiSchema });
}

const ORGS = `create table orgs (id int primary key);
create table members (org_id int references orgs (id), user_sub text not null, unique (org_id, user_sub));
create index on members (user_sub);
create table docs (id int primary key, org_id int, owner_id text);
create policy p on docs using (docs.owner_id = auth.uid()
  or exists (select 1 from members where members.org_id = docs.org_id and user_sub = auth.uid()));
`;

const columnsNamed = (state: SchemaModel): string[] =>
  state.policies[0]!.using!.columns.map(
    ({ column, of, missing }) =>
      `${of === 'own' ? 'own' : (of?.relation ?? '?')} ${column}${missing ? ' missing' : ''}`,
  );

describe('renames', () => {
  it('of a table are followed by policies, keys and children', async () => {
    const state = await model(`${ORGS} create table part () inherits (orgs);
      alter table orgs rename to teams; alter table members rename to team_members; alter table docs rename to papers;`);
    assert.deepEqual(columnsNamed(state), [
      'own owner_id',
      '.team_members org_id',
      'own org_id',
      '.team_members user_sub',
    ]);
    assert.equal(state.policies[0]?.using?.audience, 'members');
    assert.deepEqual([...state.ownerColumnsByUse(state.tableNamed('papers')!)], ['owner_id']);
    assert.equal(state.tableNamed('team_members')?.foreignKeys[0]?.table, '.teams');
    assert.equal(state.tableNamed('team_members')?.columns.get('org_id')?.references?.table, '.teams');
    assert.deepEqual(state.tableNamed('part')?.parents, ['.teams']);
  });

  it('of a column are followed by policies, keys and indexes', async () => {
    const state = await model(`${ORGS} alter table docs rename owner_id to author;
      alter table members rename column user_sub to member; alter table orgs rename id to number;`);
    assert.deepEqual(columnsNamed(state), ['own author', '.members org_id', 'own org_id', '.members member']);
    const members = state.tableNamed('members')!;
    assert.deepEqual(members.indexes[0]?.columns, ['member']);
    assert.deepEqual(members.uniqueKeys[0]?.columns, ['org_id', 'member']);
    assert.deepEqual(members.foreignKeys[0]?.targets, ['number']);
    assert.deepEqual([...state.ownerColumnsByUse(state.tableNamed('docs')!)], ['author']);
    assert.deepEqual(
      state.history.flatMap(entry => (entry.kind === 'column-renamed' ? [`${entry.from} ${entry.to}`] : [])),
      ['owner_id author', 'user_sub member', 'id number'],
    );
  });

  it('leave the parse tree of the text alone', async () => {
    const files = await parseAll(`${ORGS} alter table docs rename owner_id to author;`);
    const read = (): string[] =>
      columnsNamed(modelFromStatements(files, { engine: 'v2_shared' })).filter(name =>
        name.startsWith('own'),
      );
    assert.deepEqual(read(), ['own author', 'own org_id']);
    assert.deepEqual(read(), ['own author', 'own org_id']);
  });

  it('into another schema take a table out of sight of requests', async () => {
    const state = await model('create table notes (id int); alter table notes set schema private;', 'api');
    assert.deepEqual(state.exposedTables, []);
    assert.equal(state.tableNamed('notes', 'private')?.written, 'private.notes');
    assert.equal(state.privileges.origin('private.notes', 'authenticated', 'insert'), 'platform');
  });
});

describe('a dropped column', () => {
  it('takes its indexes and keys along, and policies only with CASCADE', async () => {
    const left = await model(`${ORGS} alter table members drop column user_sub;`);
    assert.deepEqual(left.tableNamed('members')?.indexes, []);
    assert.deepEqual(left.tableNamed('members')?.uniqueKeys, []);
    assert.equal(left.policies.length, 1);
    const gone = await model(`${ORGS} alter table members drop column user_sub cascade;`);
    assert.equal(gone.policies.length, 0);
    assert.equal(gone.history[0]?.kind, 'policy-dropped');
  });
});

describe('columns that no relation has', () => {
  const missing = async (predicate: string): Promise<string[]> => {
    const state = await model(
      `${ORGS} create table copy (like elsewhere, extra int); create table made as select 1 as one;
       create policy q on docs using (${predicate});`,
    );
    return state.policies[1]!.using!.columns.filter(use => use.missing).map(({ column }) => column);
  };
  for (const [predicate, names] of [
    ['titel = 1', ['titel']],
    ['docs.titel = 1', ['titel']],
    ['exists (select 1 from members m where m.orgid = docs.org_id)', ['orgid']],
    ['exists (select 1 from members where orgid = docs.id)', ['orgid']],
    // What the files do not tell is not missing.
    ['elsewhere.titel = 1', []],
    ['exists (select 1 from elsewhere where titel = 1)', []],
    ['exists (select 1 from elsewhere e where e.titel = 1)', []],
    ['exists (select 1 from copy where titel = 1 and extra = 2)', []],
    ['exists (select 1 from made where two = 1)', []],
    ['exists (select 1 from f(1) where titel = 1)', []],
    ['exists (with w as (select * from elsewhere) select 1 from w where titel = 1)', []],
    ['exists (with w as (select 1 as n) select 1 from w where titel = n)', ['titel']],
    ['exists (select 1 from members m (a, b) where a = 1)', []],
    ['exists (select 1 from (values (1)) v (a) where a = 1)', []],
    ['exists (select 1 from (select count(*) from members) s where count = 1)', []],
    ['exists (select org_id as o from members group by o)', []],
    ['exists (select org_id from members union select id from orgs order by org_id)', []],
    ['is_visible(docs)', []],
    ['ctid is not null and tableoid = 1', []],
    ["exists (select 1 from json_to_recordset('[]') as r (a int) where a = 1)", []],
  ] as const)
    it(`${predicate}: ${names.join(', ') || 'none'}`, async () => {
      assert.deepEqual(await missing(predicate), names);
    });
});

describe('comparisons of a predicate', () => {
  const compared = async (predicate: string): Promise<string[]> => {
    const state = await model(`${ORGS} create policy q on docs using (${predicate});`);
    return state.policies[1]!.using!.comparisons.map(
      ({ operator, use, column, cast }) =>
        `${use.column} ${operator}${column ? ` ${column.type}` : ''}${cast ? ', cast' : ''}`,
    );
  };
  for (const [predicate, expected] of [
    ['owner_id = auth.uid()', ['owner_id = text']],
    ['auth.uid() = id::text', ['id = int4, cast']],
    ['auth.uid() in (owner_id, titel)', ['owner_id = text', 'titel =']],
    ['not case when true then owner_id <> auth.uid() else false end', ['owner_id <> text']],
    ["exists (select 1 from members m where m.user_sub = 'x')", ['user_sub = text']],
    ['owner_id is distinct from auth.uid()', ['owner_id <> text']],
    ['lower(owner_id) = auth.uid()', []],
  ] as const)
    it(predicate, async () => {
      assert.deepEqual(await compared(predicate), expected);
    });
});
