import assert from 'node:assert/strict';
import type { Engine } from '../../../src/flux/engine';
import type { LintOptions } from '../../../src/lint/linter';
import type { Example } from '../../../src/lint/rule';
import { findings, fixed } from '../../support/sql';

/** Findings of the push rules alone: severity and id. */
async function pushing(
  sql: Example,
  engine: Engine = 'v2_shared',
  options: LintOptions = {},
): Promise<string[]> {
  const all = await findings(sql, { engine, ...options });
  return all
    .filter(({ rule }) => rule.startsWith('push-'))
    .map(({ rule, severity }) => `${severity} ${rule}`);
}

const NOTES = `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`;
const after = (text: string): Example => ({
  'migrations/0001_notes.sql': NOTES,
  'migrations/0002_next.sql': text,
});

describe('what a push refuses', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'create extension pgcrypto;': ['error push-create-extension'],
    "select crypt('x', gen_salt('bf'));": ['error push-extension-function', 'error push-extension-function'],
    'select extensions.uuid_generate_v4();': ['error push-extension-function'],
    'select other.uuid_generate_v4();': [],
    'create function digest(text) returns text language sql as $$ select $1 $$; select digest(null);': [],
    'create role editors;': ['error push-superuser'],
    'create publication p for all tables;': ['error push-superuser'],
    "copy notes from '/tmp/x';": ['error push-superuser'],
    "copy notes from program 'id';": ['error push-superuser'],
    'copy notes to stdout;': [],
    'set role t_1a2b3c4d5e6f_role;': ['error push-escalation-words'],
    "comment on table notes is 'set  role';": ['error push-escalation-words'],
    '/* RESET ROLE */': ['error push-escalation-words'],
    '-- reset the role': [],
    "set search_path = '';": ['error push-search-path'],
    'set search_path to public, pg_catalog;': ['error push-search-path'],
    'set local search_path = t_1a2b3c4d5e6f_api;': [],
    "select set_config('search_path', 't_1a2b3c4d5e6f_api, public', true);": [],
    "select set_config('app.x', '', true);": [],
    'create function f() returns int language sql set search_path from current as $$ select 1 $$;': [],
    'begin; select 1; commit;': ['error push-transaction-control'],
    'savepoint a; release a; rollback to a;': [],
    'vacuum notes;': ['error push-non-transactional'],
    'analyze notes;': [],
    'reindex table concurrently notes;': ['error push-non-transactional'],
    'drop index concurrently x;': ['error push-non-transactional'],
    'create index on notes (body);': [],
    'refresh materialized view concurrently m;': [],
    "alter system set work_mem = '1GB';": ['error push-non-transactional'],
    '\\i other.sql': ['error push-psql-command'],
    "\\copy notes from 'x.csv'": ['error push-psql-command'],
    '\\restrict abc': [],
    'copy notes from stdin;\n1\t2\n\\.\n': ['error push-psql-command'],
  };
  for (const [sql, expected] of Object.entries(cases)) {
    it(sql.replaceAll('\n', '⏎'), async () => {
      const options = { apiSchema: 't_1a2b3c4d5e6f_api' };
      assert.deepEqual(await pushing(after(sql), 'v2_shared', options), expected);
    });
  }

  it('v1 pushes as a superuser, but in a transaction all the same', async () => {
    const all = 'create extension pgcrypto; create role r; set role r; set search_path = x; vacuum; commit;';
    assert.deepEqual(await pushing(after(all), 'v1_dedicated'), [
      'error push-non-transactional',
      'error push-transaction-control',
    ]);
  });

  it('takes the statement or the word away, whatever stands around it', async () => {
    const first = async (sql: string): Promise<string> => {
      const found = await findings(sql, { engine: 'v2_shared' });
      const finding = found.find(({ rule }) => rule.startsWith('push-') && rule !== 'push-not-idempotent');
      return fixed(sql, finding);
    };
    assert.equal(await first('create extension x;\nselect 1;'), 'select 1;');
    assert.equal(await first('select 1; create extension x; select 2;'), 'select 1;  select 2;');
    assert.equal(await first('begin;\nselect 1;\ncommit;\n'), 'select 1;\n');
    assert.equal(await first('CREATE INDEX CONCURRENTLY i ON notes (a);'), 'CREATE INDEX i ON notes (a);');
    assert.equal(await first('-- never set role here'), '-- never set the role here');
    assert.equal(await first('set role x;'), '');
  });
});

describe('data changed in a push', () => {
  const insert = "insert into notes (owner_id) values ('ann');";
  const cases: readonly (readonly [what: string, sql: Example, expected: readonly string[]])[] = [
    ['a later INSERT', after(insert), ['error push-dml-on-forced']],
    ['a later UPDATE', after('update notes set body = null;'), ['warning push-dml-on-forced']],
    ['an INSERT in the same file', { 'migrations/1.sql': `${NOTES} ${insert}` }, []],
    ['FORCE lifted in the same file', after(`alter table notes no force row level security; ${insert}`), []],
    [
      'FORCE lifted and set again before',
      after(
        `alter table notes no force row level security; alter table notes force row level security; ${insert}`,
      ),
      ['error push-dml-on-forced'],
    ],
    [
      'a table kept out of FORCE',
      {
        'migrations/1.sql': `${NOTES} comment on table notes is 'flux:no-force-rls: seeds';`,
        'migrations/2.sql': insert,
      },
      [],
    ],
    [
      'a policy that lets everybody insert',
      {
        'migrations/1.sql': `${NOTES} create policy seeds on notes for insert with check (body = 'seed');`,
        'migrations/2.sql': insert,
      },
      [],
    ],
    ['a table of which the files say nothing', after("insert into elsewhere values ('x');"), []],
    [
      'a table whose row security went off again',
      after(`alter table notes disable row level security; ${insert}`),
      [],
    ],
  ];
  for (const [what, sql, expected] of cases) {
    it(what, async () => {
      assert.deepEqual(await pushing(sql), expected);
      assert.deepEqual(await pushing(sql, 'v1_dedicated'), []);
    });
  }

  it('is lost for good by DROP, TRUNCATE and DELETE, but not what the file made itself', async () => {
    const lost = ['warning push-destructive'];
    for (const sql of [
      'drop table notes;',
      'drop table if exists notes cascade;',
      'truncate notes;',
      'drop schema x cascade;',
    ])
      assert.deepEqual(await pushing(after(sql), 'v1_dedicated'), lost, sql);
    assert.deepEqual(await pushing(after('delete from notes;'), 'v1_dedicated'), lost);
    assert.deepEqual(await pushing(after("delete from notes where body = '';"), 'v1_dedicated'), []);
    assert.deepEqual(await pushing(after('alter table notes drop column body, drop column id;')), [
      ...lost,
      ...lost,
    ]);
    assert.deepEqual(await pushing(after('create table tmp (id int); truncate tmp; drop table tmp;')), []);
  });

  it('needs a value for a new required column of a table with rows', async () => {
    const add = async (column: string): Promise<string[]> =>
      pushing(after(`alter table notes add column ${column};`));
    assert.deepEqual(await add('pinned boolean not null'), ['warning push-required-column']);
    for (const column of [
      'pinned boolean',
      'pinned boolean not null default false',
      'n int generated always as identity not null',
      'n serial not null',
    ])
      assert.deepEqual(await add(column), [], column);
    assert.deepEqual(
      await pushing({ 'migrations/1.sql': `${NOTES} alter table notes add column n int not null;` }),
      [],
    );
  });
});

describe('the files of a push directory', () => {
  it('are applied once each, and so need no guard; single files and repeatable ones do', async () => {
    assert.deepEqual(await pushing({ 'migrations/0001_notes.sql': NOTES }), []);
    assert.deepEqual(await pushing({ 'flux-rls.sql': NOTES }), ['info push-not-idempotent']);
    assert.deepEqual(await pushing({ 'migrations/R__notes.sql': NOTES }), ['warning push-not-idempotent']);
    assert.deepEqual(
      await pushing({ 'flux-rls.sql': 'create or replace view v as select 1; grant select on v to anon;' }),
      [],
    );
  });

  it('are guarded in one go, however many statements need it', async () => {
    const sql = `CREATE TABLE t (id int);\nCREATE POLICY "p q" ON t;\ncreate unique index concurrently i on t (id);\ncreate view v as select 1;`;
    const found = (await findings(sql, { engine: 'v2_shared' })).find(
      ({ rule }) => rule === 'push-not-idempotent',
    );
    assert.equal(
      fixed(sql, found),
      `CREATE TABLE IF NOT EXISTS t (id int);\nDROP POLICY IF EXISTS "p q" ON t;\nCREATE POLICY "p q" ON t;\ncreate unique index concurrently if not exists i on t (id);\ncreate or replace view v as select 1;`,
    );
  });

  it('have numbers of one width, each used once', async () => {
    const named = (...names: string[]): Example =>
      Object.fromEntries(names.map(name => [`migrations/${name}`, 'select 1;']));
    assert.deepEqual(await pushing(named('0001_a.sql', '0002_b.sql', '0010_c.sql')), []);
    assert.deepEqual(await pushing(named('0001_a.sql', '0001_b.sql')), ['warning push-order']);
    assert.deepEqual(await pushing(named('1_a.sql', '10_c.sql', '2_b.sql')), ['warning push-order']);
    assert.deepEqual(await pushing(named('a.sql', 'b.sql')), []);
  });

  it('stay as they were committed, and new ones come last', async () => {
    const committed = (file: string): string | undefined =>
      file === 'migrations/0002_b.sql' ? 'select 1;\r\nselect 2;\r\n' : undefined;
    const options = { committed };
    assert.deepEqual(
      await pushing({ 'migrations/0002_b.sql': 'select 1;\nselect 2;\n' }, 'v2_shared', options),
      [],
    );
    assert.deepEqual(
      await pushing({ 'migrations/0002_b.sql': 'select 1;\nselect 3;\n' }, 'v2_shared', options),
      ['error push-edited-migration'],
    );
    assert.deepEqual(
      await pushing(
        { 'migrations/0001_new.sql': 'select 1;', 'migrations/0002_b.sql': 'select 1;\nselect 2;\n' },
        'v2_shared',
        options,
      ),
      ['warning push-order'],
    );
    assert.deepEqual(await pushing({ 'scratch.sql': 'select 3;' }, 'v2_shared', options), []);
  });

  it('use a new enum value in a later file only', async () => {
    const mood = (second: string): Example => ({
      'migrations/1.sql': "create type mood as enum ('calm'); create table m (id int, mood mood, note text);",
      'migrations/2.sql': `alter type mood add value 'wild'; ${second}`,
    });
    const enums = async (sql: Example): Promise<number> =>
      (await pushing(sql)).filter(found => found.endsWith('push-enum-value-used')).length;
    assert.equal(await enums(mood("update m set mood = 'wild';")), 1);
    assert.equal(await enums(mood("select 'wild'::mood;")), 1);
    assert.equal(await enums(mood("insert into m (mood) values ('wild');")), 1);
    assert.equal(await enums(mood("select 'wild';")), 0);
    assert.equal(await enums(mood("comment on type mood is 'wild';")), 0);
    assert.equal(
      await enums({
        'migrations/1.sql':
          "create type mood as enum (); alter type mood add value 'wild'; select 'wild'::mood;",
      }),
      0,
    );
  });

  it('are judged but for what a block makes when it runs', async () => {
    for (const [body, expected] of [
      ["execute 'drop table x';", 1],
      ['create table x (id int);', 1],
      ['grant select on notes to public;', 1],
      ['perform 1;', 0],
      ["raise notice 'x';", 0],
    ] as const) {
      const found = await pushing(after(`do $$ begin ${body} end $$;`), 'v1_dedicated');
      assert.equal(found.filter(id => id === 'info push-dynamic-sql').length, expected, body);
    }
  });
});
