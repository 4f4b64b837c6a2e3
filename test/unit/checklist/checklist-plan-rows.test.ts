import assert from 'node:assert/strict';
import {
  changeFor,
  makeRow,
  requiredReferences,
  type NewRow,
  type RowRequest,
} from '../../../src/checklist/make-row';
import { planByHand } from '../../../src/checklist/plan';
import type { TablePlan } from '../../../src/checklist/table-plan';
import { guarded, tablePlanOf } from '../../support/checklist-plans';

const MARKER = 'flux-rls check 0a1b2c3d-4e5f60';

function rowBy(plan: TablePlan, request: Partial<RowRequest> = {}): NewRow {
  const row = makeRow(plan, { fixed: { owner_id: 'ann' }, marker: MARKER, given: {}, ...request });
  if ('reason' in row) throw new Error(`${row.column}: ${row.reason}`);
  return row;
}

const planOf = async (columns: string, more = ''): Promise<TablePlan> =>
  tablePlanOf(`create table t (${columns}); ${more}`, 't', { choices: { owners: { t: 'owner_id' } } });

describe('a row made by a plan', () => {
  it('has what must be sent, and its key', async () => {
    const { values, key, markerColumn } = rowBy(
      await planOf(
        'id uuid primary key default gen_random_uuid(), owner_id text not null, body text not null, note text, made date default now()',
      ),
    );
    assert.deepEqual(Object.keys(values), ['id', 'owner_id', 'body']);
    assert.deepEqual(key, { id: values.id });
    assert.equal(markerColumn, 'body');
    assert.equal(values.body, MARKER);
  });

  it('has a key of several columns only where all are known', async () => {
    const parts = 'owner_id text, day date, n int';
    const { key, values } = rowBy(await planOf(`${parts}, primary key (owner_id, day, n)`));
    assert.deepEqual(key, { owner_id: 'ann', day: values.day, n: `${values.n as number}` });
    assert.equal(rowBy(await planOf(`${parts}, id serial, primary key (owner_id, id)`)).key, undefined);
  });

  it('leaves out what PostgreSQL makes, and what the role may not send', async () => {
    const { values } = rowBy(
      await planOf(
        'id int generated always as identity primary key, owner_id text not null default auth.uid(), n int not null, twice int generated always as (n * 2) stored',
        'grant insert (n) on t to authenticated;',
      ),
      { fixed: { owner_id: 'ann', id: 3, twice: 4 } },
    );
    assert.deepEqual(values, { n: 1 });
  });

  it('does not repeat what is unique', async () => {
    const plan = await planOf(
      'owner_id text, a int unique, b int not null unique, c date not null, d text not null, unique (c, owner_id)',
    );
    const seen = new Set(
      Array.from({ length: 20 }, () => JSON.stringify([rowBy(plan).values.b, rowBy(plan).values.c])),
    );
    assert.equal(seen.size, 20);
  });

  it('puts its marker where a text may be NULL, or where a form of it fits', async () => {
    const optional = rowBy(await planOf('id serial primary key, owner_id text, n int not null, note text'));
    assert.deepEqual([optional.markerColumn, optional.values.note], ['note', MARKER]);
    const formed = rowBy(
      await planOf("id serial primary key, owner_id text, mail text not null check (mail like '%@%')"),
    );
    assert.equal(formed.markerColumn, 'mail');
    assert.match(formed.values.mail as string, /^flux-rls-check-.*@example\.com$/);
    const none = await planOf(
      "id serial primary key, owner_id text, state text check (state in ('a')), short varchar(5), ref text references t (other), other text not null default 'x' unique, shown text",
      guarded('t', "owner_id = auth.uid() and (shown is null or shown <> 'x')"),
    );
    assert.equal(rowBy(none).markerColumn, undefined);
  });

  it('takes what a person gave, and what was decided for links', async () => {
    const plan = await planOf('owner_id text, area polygon not null, state text not null');
    assert.deepEqual(makeRow(plan, { fixed: { owner_id: 'ann' }, marker: MARKER, given: {} }), {
      column: 'area',
      reason: 'its type is polygon',
    });
    const { values } = rowBy(plan, { given: { area: '((0,0),(1,0),(1,1))', state: 'x', owner_id: 'eve' } });
    assert.deepEqual(values, { owner_id: 'ann', area: '((0,0),(1,0),(1,1))', state: 'x' });
    const byHand = rowBy(planByHand('t', 'owner_id'), { given: { body: 'x' } });
    assert.deepEqual(byHand, {
      values: { owner_id: 'ann', body: 'x' },
      key: undefined,
      markerColumn: undefined,
    });
  });

  it('says what the role may not send', async () => {
    const plan = await planOf(
      'owner_id text, a int not null',
      'grant insert (owner_id) on t to authenticated;',
    );
    assert.deepEqual(makeRow(plan, { fixed: {}, marker: MARKER, given: {} }), {
      column: 'a',
      reason: 'the signed-in role may not send it',
    });
  });

  it('needs the rows it points at', async () => {
    const plan = await tablePlanOf(
      `create table notes (id uuid primary key, owner_id text); create table lists (id int primary key, owner_id text);
       create table t (id int primary key, owner_id text, note_id uuid not null references notes, list_id int references lists, up int not null default 1 references lists);`,
      't',
    );
    assert.deepEqual(requiredReferences(plan), [{ columns: ['note_id'], table: 'notes', targets: ['id'] }]);
    assert.deepEqual(requiredReferences(plan, { note_id: 'x' }), []);
    assert.deepEqual(makeRow(plan, { fixed: {}, marker: MARKER, given: {} }), {
      column: 'note_id',
      reason: 'it points at a row of another table',
    });
    assert.equal(rowBy(plan, { fixed: { note_id: 'x' } }).values.note_id, 'x');
  });

  it('points at itself where it has to point at its own table', async () => {
    const { values } = rowBy(
      await planOf('id uuid primary key, owner_id text, up uuid not null references t'),
    );
    assert.equal(values.up, values.id);
    const counted = await planOf('id serial primary key, owner_id text, up int not null references t');
    assert.deepEqual(requiredReferences(counted), []);
    assert.deepEqual(makeRow(counted, { fixed: { owner_id: 'ann' }, marker: MARKER, given: {} }), {
      column: 'up',
      reason: 'it points at a row of its own table',
    });
  });

  it('asks for no row where a key of several columns may be NULL', async () => {
    const sql = (nullable: string): string =>
      `create table notes (id int, owner_id text, primary key (id, owner_id));
       create table t (id int primary key, owner_id text not null, note int ${nullable}, foreign key (note, owner_id) references notes);`;
    assert.deepEqual(requiredReferences(await tablePlanOf(sql('null'), 't')), []);
    assert.equal(requiredReferences(await tablePlanOf(sql('not null'), 't')).length, 1);
    assert.equal(requiredReferences(await tablePlanOf(sql('not null'), 't'), { owner_id: 'ann' }).length, 1);
  });

  it('needs the parent that makes it a subject’s, even where the link may be NULL', async () => {
    const sql = `create table notes (id uuid primary key, owner_id text); ${guarded('notes')}
      create table t (id int primary key, note_id uuid references notes);
      ${guarded('t', 'exists (select 1 from notes n where n.id = note_id and n.owner_id = auth.uid())')}`;
    assert.equal(requiredReferences(await tablePlanOf(sql, 't')).length, 1);
  });
});

describe('a change of a row', () => {
  const changed = async (columns: string, more = ''): Promise<unknown> => {
    const plan = await planOf(columns, more);
    return changeFor(plan, rowBy(plan));
  };

  it('is made to the text that carries the marker', async () => {
    assert.deepEqual(
      await changed('id text primary key, owner_id text, done bool not null, body text not null'),
      {
        column: 'body',
        value: `${MARKER} changed`,
      },
    );
    assert.deepEqual(
      await changed(`id uuid primary key, owner_id text, body varchar(${MARKER.length + 2}) not null`),
      {
        column: 'body',
        value: MARKER,
      },
    );
  });

  it('is another value that a CHECK allows', async () => {
    assert.deepEqual(
      await changed("id text primary key, owner_id text, state text not null check (state in ('a', 'b'))"),
      {
        column: 'state',
        value: 'b',
      },
    );
    assert.deepEqual(
      await changed(
        "id text primary key, owner_id text, state text default 'a' check (state in ('a', 'b'))",
        'grant update (state) on t to authenticated;',
      ),
      {
        column: 'state',
        value: 'a',
      },
    );
  });

  it('is the same value where nothing else is known', async () => {
    assert.deepEqual(await changed('id text primary key, owner_id text, n int not null'), {
      column: 'n',
      value: 1,
    });
  });

  it('is none of the key, the owner, a link, or what policies ask for', async () => {
    const sql = 'id text primary key, owner_id text, state text not null, up text not null references t';
    const plan = await planOf(sql, guarded('t', "owner_id = auth.uid() and state <> 'x'"));
    assert.equal(changeFor(plan, rowBy(plan, { fixed: { owner_id: 'ann', up: 'x' } })), undefined);
  });

  it('is made to a column that the role may change', async () => {
    assert.deepEqual(
      await changed(
        'id uuid primary key, owner_id text, a text not null, b text not null',
        'grant update (b) on t to authenticated;',
      ),
      { column: 'b', value: `${MARKER} changed` },
    );
  });
});
