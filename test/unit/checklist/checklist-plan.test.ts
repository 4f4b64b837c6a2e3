import assert from 'node:assert/strict';
import { planByHand, planFromGateway, planFromModel, tablesWithOwner } from '../../../src/checklist/plan';
import { NO_CHOICES, type TablePlan } from '../../../src/checklist/table-plan';
import { modelFromStatements } from '../../../src/schema/from-statements';
import { CHECKLIST_SCHEMAS } from '../../support/checklist-schemas';
import { checklistOf, guarded, tablePlanOf } from '../../support/checklist-plans';
import { findings, parseAll } from '../../support/sql';

const NOTES = `create table notes (id uuid primary key, owner_id text not null, body text);`;

/** Ownership in one line. */
function told({ ownership, shared }: TablePlan): string {
  const how =
    ownership.kind === 'column'
      ? ownership.column
      : ownership.kind === 'parent'
        ? `${ownership.columns.join()} → ${ownership.parent}.${ownership.targets.join()}`
        : 'nobody';
  return shared ? `${how}, shared` : how;
}

describe('whose rows a plan finds', () => {
  const CASES: Readonly<Record<string, readonly [sql: string, expected: Readonly<Record<string, string>>]>> =
    {
      'the column that policies compare': [
        `create table t (id int primary key, person text, user_id text); ${guarded('t', 'person = auth.uid()')}`,
        { t: 'person' },
      ],
      'the column that an INSERT is judged by, of two': [
        `create table messages (id int primary key, recipient text, sender text);
       ${guarded('messages', 'recipient = auth.uid() or sender = auth.uid()')}
       drop policy p on messages;
       create policy r on messages for select to authenticated using (recipient = auth.uid() or sender = auth.uid());
       create policy w on messages for insert to authenticated with check (sender = auth.uid());`,
        { messages: 'sender' },
      ],
      'a column by its name where no policy tells': [NOTES, { notes: 'owner_id' }],
      'the parent that a policy proves': [
        `${NOTES} ${guarded('notes')} create table tags (id int primary key, note_id uuid references notes (id), other_id uuid references notes (id));
       ${guarded('tags', 'exists (select 1 from notes n where n.id = note_id and n.owner_id = auth.uid())')}`,
        { notes: 'owner_id', tags: 'note_id → notes.id' },
      ],
      'the only parent that a row has to have': [
        `${NOTES} ${guarded('notes')} create table tags (id int primary key, note_id uuid not null references notes);`,
        { notes: 'owner_id', tags: 'note_id → notes.id' },
      ],
      'the parent’s parent': [
        `${NOTES} ${guarded('notes')} create table tags (id int primary key, note_id uuid not null references notes);
       create table marks (id int primary key, tag_id int not null references tags);`,
        { notes: 'owner_id', tags: 'note_id → notes.id', marks: 'tag_id → tags.id' },
      ],
      'a parent by two columns': [
        `create table orgs (id int, owner_id text, primary key (id, owner_id)); ${guarded('orgs')}
       create table teams (id int primary key, org int not null, boss text not null, foreign key (org, boss) references orgs);`,
        { orgs: 'owner_id', teams: 'org,boss → orgs.id,owner_id' },
      ],
      'a link by the name of an owner': [
        `create table accounts (id int primary key, owner_id text); ${guarded('accounts')}
       create table payments (id int primary key, account_id int not null references accounts);`,
        { accounts: 'owner_id', payments: 'account_id → accounts.id' },
      ],
      'an owner that is a key to the owner’s own row': [
        `create table profiles (user_id text primary key); create table posts (id int primary key, user_id text not null references profiles);`,
        { profiles: 'user_id', posts: 'user_id' },
      ],
      'a list that the SQL lets all read and none write': [
        `create table countries (code text primary key); alter table countries enable row level security;
       create policy r on countries for select to authenticated using (true); grant select on countries to authenticated;`,
        { countries: 'nobody, shared' },
      ],
    };
  for (const [name, [sql, expected]] of Object.entries(CASES)) {
    it(`is ${name}`, async () => {
      const { tables } = await checklistOf(sql);
      assert.deepEqual(Object.fromEntries(tables.map(plan => [plan.table, told(plan)])), expected);
    });
  }

  const UNTOLD: Readonly<Record<string, readonly [sql: string, reason: RegExp]>> = {
    'of two parents none is proven': [
      `${NOTES} ${guarded('notes')} create table t (id int primary key, a uuid not null references notes, b uuid not null references notes);`,
      /name one, or mark/,
    ],
    'the parent may be missing': [
      `${NOTES} ${guarded('notes')} create table t (id int primary key, a uuid references notes);`,
      /name one, or mark/,
    ],
    'all read it and some write it': [
      `create table t (id int primary key); ${guarded('t', 'true')}`,
      /name one, or mark/,
    ],
    'RLS is off and nobody granted it': ['create table t (id int primary key);', /name one, or mark/],
    'a DO block may grant anything': [
      `create table t (code text primary key); alter table t enable row level security;
       create policy r on t for select to authenticated using (true); grant select on t to authenticated;
       do $$ begin execute 'grant insert on t to public'; end $$;`,
      /name one, or mark/,
    ],
    'nobody may touch it': [
      'create table t (id int primary key); alter table t enable row level security;',
      /nothing to compare/,
    ],
    'its columns are not known': [guarded('t'), /does not make it/],
    'it is a foreign table': ['create foreign table t (owner_id text) server s;', /no row-level security/],
    'it is a partition': [
      `create table whole (id int, owner_id text) partition by list (id); create table t partition of whole for values in (1);`,
      /a partition of whole/,
    ],
  };
  for (const [name, [sql, reason]] of Object.entries(UNTOLD)) {
    it(`is not told where ${name}`, async () => {
      const { notChecked } = await checklistOf(sql);
      assert.equal(notChecked.length, 1);
      assert.equal(notChecked[0]?.table, 't');
      assert.match(notChecked[0].reason, reason);
    });
  }

  it('is what a person says, before anything else', async () => {
    const sql = `${NOTES} ${guarded('notes')} create table lists (id int primary key, person text);`;
    const choices = { owners: { lists: 'person', notes: 'body' }, shared: ['notes'] };
    const { tables } = await checklistOf(sql, { choices });
    assert.deepEqual(tables.map(told), ['body, shared', 'person']);
    const left = await checklistOf(sql, { choices: { excluded: ['notes'], owners: { lists: 'persona' } } });
    assert.deepEqual(left.notChecked, [
      { table: 'notes', reason: 'it was left out on purpose' },
      { table: 'lists', reason: 'it has no column persona: name another one' },
    ]);
  });

  it('is what a person says of a table that is made elsewhere', async () => {
    const sql = `create policy p on t to authenticated using (person = auth.uid());`;
    const plan = await tablePlanOf(sql, 't', { choices: { owners: { t: 'person' } } });
    assert.equal(told(plan), 'person');
    assert.deepEqual(Object.values(plan.expected), ['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('does not become everybody’s because a policy lets everybody read', async () => {
    const plan = await tablePlanOf(
      `${NOTES} ${guarded('notes')} create policy all_read on notes for select to authenticated using (true);`,
      'notes',
    );
    assert.equal(told(plan), 'owner_id');
  });

  it('speaks of the tables of the API schema only', async () => {
    const { tables } = await checklistOf(
      `create schema private; create table private.notes (id int primary key, owner_id text); ${NOTES}`,
    );
    assert.deepEqual(
      tables.map(({ columns }) => columns.length),
      [3],
    );
  });
});

describe('the order of a plan', () => {
  const order = async (sql: string): Promise<string[]> =>
    (await checklistOf(sql)).tables.map(({ table }) => table);

  it('has parents before their children', async () => {
    assert.deepEqual(
      await order(`create table a (id int primary key, owner_id text); create table c (id int primary key, owner_id text);
        create table b (id int primary key, owner_id text); alter table a add foreign key (id) references b; alter table b add foreign key (id) references c;`),
      ['c', 'b', 'a'],
    );
  });

  it('breaks a circle at the key that may be NULL', async () => {
    assert.deepEqual(
      await order(`create table a (id int primary key, owner_id text, b int not null);
        create table b (id int primary key, owner_id text, a int references a);
        alter table a add foreign key (b) references b; create table tree (id int primary key, owner_id text, up int not null references tree);`),
      ['tree', 'b', 'a'],
    );
  });

  it('ends where a circle cannot be broken', async () => {
    assert.deepEqual(
      await order(`create table a (id int primary key, owner_id text, b int not null); create table b (id int primary key, owner_id text, a int not null references a);
        alter table a add foreign key (b) references b;`),
      ['a', 'b'],
    );
  });
});

describe('the columns of a plan', () => {
  it('tell what is filled in and by whom', async () => {
    const { columns, key, uniqueKeys, foreignKeys } = await tablePlanOf(
      `create type mood as enum ('good', 'bad'); create domain short as varchar(9) not null;
       create table others (id int primary key);
       create table t (
         id int generated always as identity primary key, b int generated by default as identity, c bigserial, d int default nextval('s'),
         e int generated always as (1) stored, owner_id text not null unique, mood mood not null, code varchar(4), nick short,
         other_id int references others, at date not null default now(), unique (owner_id, code));
       alter table t add f int not null; alter table t alter f add generated always as identity;
       alter table t add g int generated by default as identity; alter table t alter g set generated always;
       alter table t add h int generated always as identity; alter table t alter h drop identity;`,
      't',
    );
    const brief = columns.map(({ name, type, required, generated }) =>
      [name, type, required, generated].join(' '),
    );
    assert.deepEqual(brief, [
      'id int4 false always',
      'b int4 false default',
      'c int8 false default',
      'd int4 false default',
      'e int4 false always',
      'owner_id text true no',
      'mood mood true no',
      'code varchar false no',
      'nick varchar true no',
      'other_id int4 false no',
      'at date false no',
      'f int4 false always',
      'g int4 false always',
      'h int4 true no',
    ]);
    const named = new Map(columns.map(column => [column.name, column]));
    assert.deepEqual(named.get('mood')?.enumValues, ['good', 'bad']);
    assert.deepEqual([named.get('code')?.maxLength, named.get('nick')?.maxLength], [4, 9]);
    assert.deepEqual(named.get('other_id')?.references, { table: 'others', column: 'id' });
    assert.deepEqual(key, ['id']);
    assert.deepEqual(uniqueKeys, [['id'], ['owner_id'], ['owner_id', 'code']]);
    assert.deepEqual(foreignKeys, [{ columns: ['other_id'], table: 'others', targets: ['id'] }]);
  });

  it('are a key where none is primary: a unique one without NULLs', async () => {
    const sql =
      'create table t (owner_id text, a int unique, b int not null, c int not null, unique (b, c));';
    assert.deepEqual((await tablePlanOf(sql, 't')).key, ['b', 'c']);
    assert.deepEqual((await tablePlanOf('create table t (owner_id text, a int unique);', 't')).key, []);
  });

  it('are sent and changed as far as they are granted', async () => {
    const granted = async (grants: string): Promise<string[]> => {
      const sql = `create table t (id int primary key, owner_id text, a int); ${grants}`;
      const { columns } = await tablePlanOf(sql, 't');
      return columns.map(
        ({ name, insertable, updatable }) => `${name} ${insertable ? 'i' : ''}${updatable ? 'u' : ''}`,
      );
    };
    assert.deepEqual(await granted('grant insert (id, owner_id), update (a) on t to authenticated;'), [
      'id i',
      'owner_id i',
      'a u',
    ]);
    assert.deepEqual(await granted('grant insert, update on t to authenticated;'), [
      'id iu',
      'owner_id iu',
      'a iu',
    ]);
    assert.deepEqual(await granted(''), ['id iu', 'owner_id iu', 'a iu']);
  });

  it('are those that policies speak of, the parent’s left out', async () => {
    const { policyColumns } = await tablePlanOf(
      `create table t (id int primary key, owner_id text, state text, kept int); ${guarded('t', "owner_id = auth.uid() and state = 'x'")}
       create policy q on t for select to authenticated using (exists (select 1 from t other where other.kept = 1 and t.id = other.id));`,
      't',
    );
    assert.deepEqual(policyColumns.toSorted(), ['id', 'owner_id', 'state']);
  });
});

describe('whose row an INSERT without an owner makes', () => {
  const trigger = (body: string, when = ''): string =>
    `create function f() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
     create trigger f before insert on notes for each row ${when} execute function f();`;
  const CASES: readonly [expected: string, sql: string][] = [
    ['none', ''],
    ['subject', 'alter table notes alter owner_id set default auth.uid();'],
    [
      'subject',
      "alter table notes alter owner_id set default (select current_setting('request.jwt.claims', true)::json ->> 'sub');",
    ],
    ['unknown', "alter table notes alter owner_id set default 'ann';"],
    ['unknown', 'alter table notes alter owner_id set default who();'],
    ['subject', trigger('new.owner_id := (select auth.uid());')],
    ['subject', trigger('if new.owner_id is null then new.owner_id = auth.uid(); end if;')],
    ['subject', trigger('new.owner_id := coalesce(new.owner_id, auth.uid());')],
    ['subject', trigger('new.owner_id := auth.uid();', 'when (new.owner_id is null)')],
    ['unknown', trigger('new.owner_id := auth.uid();', 'when (new.body is null)')],
    ['unknown', trigger('if new.body is null then new.owner_id = auth.uid(); end if;')],
    ['unknown', trigger('new.owner_id := who();')],
    ['unknown', trigger('new := jsonb_populate_record(new, x);')],
    ['none', trigger('-- not the owner_id\n new.body := now();')],
    ['subject', `${trigger('new.body := now();')} alter table notes alter owner_id set default auth.uid();`],
    ['unknown', 'create trigger f before insert on notes for each row execute function elsewhere();'],
    ['none', trigger('new.owner_id := auth.uid();').replace('before insert', 'after insert')],
  ];
  for (const [expected, sql] of CASES) {
    it(`is ${expected}: ${sql.replace(/\s+/g, ' ').slice(0, 110)}`, async () => {
      assert.equal((await tablePlanOf(`${NOTES} ${sql}`, 'notes')).ownerDefault, expected);
    });
  }
});

describe('the views and functions of a plan', () => {
  const doors = async (sql: string): Promise<string[]> => {
    const { views, functions } = await tablePlanOf(`${NOTES} ${guarded('notes')} ${sql}`, 'notes');
    return [...views, ...functions].map(({ name, column }) => `${name}.${column}`);
  };
  const FOUND: Readonly<Record<string, readonly [sql: string, expected: string]>> = {
    'all columns': ['create view v as select * from notes;', 'v.owner_id'],
    'a new name': ['create view v as select n.owner_id as person from notes n;', 'v.person'],
    'names of the view': ['create view v (a, b) as select id, owner_id from notes;', 'v.b'],
    'a join': [
      'create table x (id uuid); create view v as select n.*, x.id as other from x join notes n on n.id = x.id;',
      'v.owner_id',
    ],
    'a query in a query': [
      'create view v as select q.who from (select owner_id as who from notes) q;',
      'v.who',
    ],
    WITH: ['create view v as with q as (select * from notes) select owner_id from q;', 'v.owner_id'],
    UNION: ["create view v as select 'none' as who union all select owner_id from notes;", 'v.who'],
    'a function of the table’s rows': [
      "create function f() returns setof notes language sql stable as 'select * from notes';",
      'f.owner_id',
    ],
    'a function with a table of its own': [
      "create function f(n int default 1) returns table (a uuid, b text) language sql stable as 'select id, owner_id from notes';",
      'f.b',
    ],
    'a function that returns a query': [
      'create function f() returns table (b text) language plpgsql stable as $$ begin return query select owner_id from notes; end $$;',
      'f.b',
    ],
  };
  for (const [name, [sql, expected]] of Object.entries(FOUND)) {
    it(`are found through ${name}`, async () => {
      assert.deepEqual(await doors(sql), [expected]);
    });
  }

  it('are found through another view', async () => {
    const sql =
      'create view inside as select id, owner_id as who from notes; create view v as select who as person from inside;';
    assert.deepEqual(await doors(sql), ['inside.who', 'v.person']);
  });

  const NONE: Readonly<Record<string, string>> = {
    'another table': 'create table x (owner_id text); create view v as select owner_id from x;',
    'no owner': 'create view v as select id from notes;',
    'something made of the owner': 'create view v as select lower(owner_id) as owner_id from notes;',
    'no privilege': 'create view v as select * from notes; revoke select on v from authenticated;',
    'another schema': 'create schema private; create view private.v as select * from notes;',
    'a function that writes':
      "create function f() returns setof notes language sql as 'select * from notes';",
    'a function that wants to be told':
      "create function f(n int) returns setof notes language sql stable as 'select * from notes';",
    'a function that may not be called':
      "create function f() returns setof notes language sql stable as 'select * from notes'; revoke execute on function f() from public;",
    'a function of one row':
      "create function f() returns notes language sql stable as 'select * from notes';",
  };
  for (const [name, sql] of Object.entries(NONE)) {
    it(`are not found through ${name}`, async () => {
      assert.deepEqual(await doors(sql), []);
    });
  }

  it('show a child by its link', async () => {
    const sql = `${NOTES} ${guarded('notes')} create table tags (id int primary key, note_id uuid not null references notes);
      create view v as select note_id as note from tags;`;
    assert.deepEqual((await tablePlanOf(sql, 'tags')).views, [{ name: 'v', column: 'note' }]);
  });
});

describe('the schemas that the checklist is proved on', () => {
  for (const { name, sql } of CHECKLIST_SCHEMAS) {
    it(`have nothing that the linter warns of: ${name}`, async () => {
      for (const engine of ['v1_dedicated', 'v2_shared'] as const) {
        const found = await findings([sql], { engine });
        assert.deepEqual(
          found
            .filter(({ severity }) => severity === 'error' || severity === 'warning')
            .map(({ rule }) => rule),
          [],
        );
      }
    });
  }
});

describe('plans of little', () => {
  it('are made by hand with the owner alone', () => {
    const { ownership, source, columns, expected } = planByHand('notes', 'owner_id');
    assert.deepEqual(
      { ownership, source, columns },
      { ownership: { kind: 'column', column: 'owner_id' }, source: 'hand', columns: [] },
    );
    assert.equal(expected.read, 'unknown');
  });

  it('leave out tables without an owner column of their own', async () => {
    const files = await parseAll(
      `${NOTES} ${guarded('notes')} create table tags (id int primary key, note_id uuid not null references notes);`,
    );
    const model = modelFromStatements(files, { engine: 'v2_shared' });
    assert.deepEqual(
      tablesWithOwner(model).map(({ table }) => table),
      ['notes'],
    );
    assert.equal(planFromModel(model, 'tags'), undefined);
    assert.deepEqual(planFromModel(model, 'tags', 'note_id')?.ownership, {
      kind: 'column',
      column: 'note_id',
    });
  });

  it('take a whole number for counted only where it is the key by itself', () => {
    const part = { format: 'integer', description: 'Note:\nThis is a Primary Key.<pk/>' };
    const definition = (...names: string[]): unknown => ({
      required: [...names, 'owner_id'],
      properties: { ...Object.fromEntries(names.map(name => [name, part])), owner_id: { format: 'text' } },
    });
    const { tables } = planFromGateway({ definitions: { one: definition('id'), two: definition('a', 'b') } });
    const generated = tables.map(({ columns }) => columns.map(column => column.generated).join());
    assert.deepEqual(generated, ['default,no', 'no,no,no']);
  });

  it('are made of the gateway’s document as far as it tells', () => {
    const id = {
      format: 'uuid',
      default: 'gen_random_uuid()',
      description: 'Note:\nThis is a Primary Key.<pk/>',
    };
    const document = {
      definitions: {
        tags: {
          required: ['id', 'note_id'],
          properties: {
            id,
            note_id: { format: 'uuid', description: "<fk table='notes' column='id'/>" },
            user_id: { format: 'text' },
          },
        },
        notes: {
          required: ['id', 'owner_id'],
          properties: {
            id,
            owner_id: { format: 'text' },
            code: { format: 'character varying', maxLength: 4 },
          },
        },
        notes_view: { properties: { id, owner_id: { format: 'text' } } },
        bills: {
          required: ['id', 'account_id'],
          properties: {
            id: { ...id, format: 'bigint', default: undefined },
            account_id: { format: 'uuid', description: "<fk table='notes' column='id'/>" },
          },
        },
      },
    };
    const { tables, notChecked } = planFromGateway(document);
    assert.deepEqual(
      tables.map(plan => `${plan.table}: ${told(plan)}`),
      ['notes: owner_id', 'tags: user_id'],
    );
    assert.deepEqual(
      notChecked.map(({ table, reason }) => `${table}: ${reason.slice(0, 13)}`),
      ['notes_view: it is a view,', 'bills: the gateway s'],
    );
    assert.deepEqual(tables[1]?.foreignKeys, [{ columns: ['note_id'], table: 'notes', targets: ['id'] }]);
    assert.equal(tables[0]?.columns[2]?.maxLength, 4);
    const choices = { ...NO_CHOICES, owners: { bills: 'account_id' }, shared: ['notes'], excluded: ['tags'] };
    const chosen = planFromGateway(document, choices);
    assert.deepEqual(
      chosen.tables.map(plan => `${plan.table}: ${told(plan)}`),
      ['notes: owner_id, shared', 'bills: account_id'],
    );
    assert.deepEqual(planFromGateway({}), { tables: [], notChecked: [] });
  });
});
