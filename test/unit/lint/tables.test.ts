import assert from 'node:assert/strict';
import type { Finding } from '../../../src/lint/finding';
import type { LintOptions } from '../../../src/lint/linter';
import { findings, fixed, marked } from '../../support/sql';

const V1: LintOptions = { engine: 'v1_dedicated' };
const V2: LintOptions = { engine: 'v2_shared' };
const OWN = 't_1a2b3c4d5e6f_api';
const OTHER = 't_0f9e8d7c6b5a_api';

const TABLE = `create table notes (id uuid primary key, owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());`;

async function of(rule: string, sql: string | string[], options: LintOptions = V2): Promise<Finding[]> {
  return (await findings(sql, options)).filter(({ rule: id }) => id === rule);
}

/** Asserts how often a rule speaks of each text. */
function cases(rule: string, texts: Readonly<Record<string, number>>, options: LintOptions = V2): void {
  const where = [options.engine, options.apiSchema].filter(part => part !== undefined).join(', ');
  for (const [sql, count] of Object.entries(texts)) {
    it(`${count === 0 ? 'lets be' : 'finds'} ${sql} (${where})`, async () => {
      const found = await of(rule, sql, options);
      assert.equal(found.length, count, JSON.stringify(found.map(({ message }) => message)));
    });
  }
}

describe('schema-public-object', () => {
  cases('schema-public-object', {
    'create table public.notes (id int)': 1,
    'create table if not exists "public".notes (id int)': 1,
    'create unlogged table public.notes (id int); create index on public.notes (id); grant select on public.notes to authenticated': 1,
    'create or replace view public.v as select 1': 1,
    'create type public.mood as enum (); create table t (m public.mood)': 1,
    'create function public.f() returns int language sql as $$ select 1 $$; select public.f()': 1,
    'alter table public.notes enable row level security': 1,
    [`${TABLE} create policy p on notes for insert with check (exists (select 1 from public.members))`]: 1,
    'insert into public.notes (id) values (1)': 1,
    'create table t (id int references public.notes (id))': 1,
    'select public.notes.id from public.notes': 1,
    'drop table public.notes': 1,
    // Harmless, or of the platform and its extensions, which the files cannot tell.
    'drop table if exists public.notes': 0,
    'select public.uuid_generate_v4()': 0,
    'create table t (mail public.citext)': 0,
    'create trigger t after insert on notes execute function public.handle()': 0,
    'grant usage on schema public to authenticated': 0,
    'select n.public from notes n': 0,
    "select 'public.notes'": 0,
    '-- public.notes': 0,
    'create table public (id int); select id from public': 0,
  });
  cases(
    'schema-public-object',
    {
      'create table public.notes (id int); select id from public.notes': 1,
      'create sequence public.s': 1,
      // Nothing tells that it is not there.
      'create view v as select id from public.countries': 0,
      'drop table public.notes': 0,
    },
    V1,
  );

  it('speaks in every file, and mends all of them at once', async () => {
    const files = ['create table public.notes (id int);', 'grant select on public.notes to authenticated;'];
    const found = await of('schema-public-object', files);
    assert.deepEqual(
      found.map(({ at }) => at.file),
      ['1.sql', '2.sql'],
    );
    assert.deepEqual(
      found[0]!.fix?.edits.map(({ at }) => at.file),
      ['1.sql', '2.sql'],
    );
    const sql = 'create table "public" . notes (id int); comment on table public.notes is \'x\';';
    const [finding] = await of('schema-public-object', sql);
    assert.equal(marked(sql, finding), '"public"');
    assert.equal(fixed(sql, finding), "create table notes (id int); comment on table notes is 'x';");
  });

  it('does not make one table of two', async () => {
    const [finding] = await of('schema-public-object', `${TABLE} create table public.notes (id int);`);
    assert.ok(finding && !finding.fix);
  });
});

describe('schema-other', () => {
  cases('schema-other', {
    [`create table ${OWN}.notes (id int)`]: 0,
    [`create table ${OWN}.notes (id int); create table ${OTHER}.notes (id int)`]: 1,
    [`create table ${OWN}.notes (id int); grant usage on schema ${OTHER} to authenticated`]: 1,
    'create table api.notes (id int)': 1,
    'grant select on all tables in schema api to authenticated': 1,
    'select api.id from keys api': 0,
    'create schema app': 1,
    'create schema if not exists app; create table app.jobs (id int)': 1,
    'create schema authorization current_user': 1,
    'create table app.jobs (id int)': 1,
    'create function app.f() returns int language sql as $$ select 1 $$': 1,
    'alter table storage.objects enable row level security': 1,
    'create table pg_temp.scratch (id int)': 0,
    'create table public.notes (id int)': 0,
    'create table auth.users (id int)': 0,
    'select m.id from members m where m.id = auth.uid()': 0,
    // The documentation's own name has a rule of its own.
    [`create table ${OWN}.notes (id int); create table t_5ecfa3ab72d1_api.notes (id int)`]: 0,
  });
  cases(
    'schema-other',
    {
      [`create table ${OWN}.notes (id int)`]: 0,
      [`create table ${OTHER}.notes (id int)`]: 1,
      [`create table "${OTHER}".notes (id int)`]: 1,
      [`create schema if not exists ${OWN}`]: 1,
      [`comment on schema public is '${OTHER}'; -- ${OTHER}`]: 0,
    },
    { ...V2, apiSchema: OWN },
  );
  cases(
    'schema-other',
    {
      'create table api.notes (id int)': 0,
      'create schema app; create table app.jobs (id int)': 0,
      [`create table api.notes (id int); grant select on ${OWN}.notes to authenticated`]: 1,
      [`create schema ${OTHER}; create table ${OTHER}.notes (id int); create table api.notes (id int)`]: 0,
    },
    V1,
  );
  cases('schema-other', { [`create table ${OWN}.notes (id int)`]: 1 }, { ...V1, apiSchema: 'api' });

  it('leaves a schema away, and CREATE SCHEMA with it', async () => {
    const sql = `create schema if not exists api;\ncreate table api.notes (id int);\ngrant usage on schema api to authenticated;\n`;
    const [finding] = await of('schema-other', sql);
    assert.equal(marked(sql, finding), 'api');
    assert.equal(
      fixed(sql, finding),
      'create table notes (id int);\ngrant usage on schema public to authenticated;\n',
    );
    const [named] = await of('schema-other', sql, { ...V2, apiSchema: OWN });
    assert.match(fixed(sql, named), new RegExp(`on schema ${OWN} to`));
  });

  it('does not expose what was kept apart', async () => {
    const [finding] = await of('schema-other', 'create schema private; create table private.jobs (id int);');
    assert.ok(finding && !finding.fix);
  });
});

describe('schema-doc-placeholder', () => {
  cases('schema-doc-placeholder', {
    'create table t_5ecfa3ab72d1_api.notes (id int); grant select on t_5ecfa3ab72d1_api.notes to authenticated': 1,
    'grant usage on schema t_abc123_api to authenticated': 1,
    'grant select on notes to t_5ecfa3ab72d1_role': 1,
    'create table {{schema}}.notes (id int)': 1,
    'create table ${SCHEMA}.notes (id int)': 1,
    'create table <your_schema>.notes (id int)': 1,
    'create table t_<hash>_api.notes (id int)': 1,
    'create table {{schema}}.a (id int);\ncreate table {{schema}}.b (id int);\ncreate table {{other}}.c (id int);': 2,
    [`create table ${OWN}.notes (id int)`]: 0,
    'create table t_orders_api (id int)': 0,
    "comment on table notes is '{{name}} <your_schema> t_5ecfa3ab72d1_api'": 0,
    '-- create table <your_schema>.notes (id int)\nselect 1': 0,
    'select a <b> c': 0,
    'select 1 where a < your_schema': 0,
    'create table (id int); -- {{schema}}': 0,
  });
  cases(
    'schema-doc-placeholder',
    {
      'create table t_5ecfa3ab72d1_api.notes (id int); grant select on notes to t_5ecfa3ab72d1_role': 0,
      'create table t_abc123_api.notes (id int)': 1,
    },
    { ...V2, apiSchema: 't_5ecfa3ab72d1_api' },
  );

  it('points at the whole of what is to be filled in', async () => {
    for (const [sql, text] of [
      ['create table {{ schema }}.notes (id int)', '{{ schema }}'],
      ['create table t_<hash>_api.notes (id int)', 't_<hash>_api'],
      ['create table ${schema}.notes (id int)', '${schema}'],
    ] as const) {
      assert.equal(marked(sql, (await of('schema-doc-placeholder', sql))[0]), text);
    }
  });

  it('puts the project’s own there, where something tells what it is', async () => {
    const sql = 'create table {{schema}}.notes (id int);\ngrant usage on schema {{schema}} to authenticated;';
    const [unknown] = await of('schema-doc-placeholder', sql);
    assert.ok(unknown && !unknown.fix);
    const [finding] = await of('schema-doc-placeholder', sql, { ...V2, apiSchema: OWN });
    assert.equal(
      fixed(sql, finding),
      `create table notes (id int);\ngrant usage on schema ${OWN} to authenticated;`,
    );
    const sample = 'grant usage on schema t_5ecfa3ab72d1_api to authenticated;';
    const [read] = await of('schema-doc-placeholder', sample);
    assert.equal(fixed(sample, read), 'grant usage on schema public to authenticated;');
    const [onV1] = await of('schema-doc-placeholder', sample, V1);
    assert.ok(onV1 && !onV1.fix);
  });
});

describe('table-no-primary-key', () => {
  const granted = 'grant select, insert on t to authenticated;';
  cases('table-no-primary-key', {
    [`create table t (id int); ${granted}`]: 1,
    [`create table t (id int unique); ${granted}`]: 1,
    [`create table t (a int, b int, primary key (a, b)); ${granted}`]: 0,
    [`create table t (id int); alter table t add primary key (id); ${granted}`]: 0,
    [`create table t (id int); alter table t add constraint k primary key using index t_key; ${granted}`]: 0,
    [`create table t as select 1 as id; ${granted}`]: 1,
    [`${TABLE} create table t (like notes including all); ${granted}`]: 0,
    [`${TABLE} create table t (like notes); ${granted}`]: 1,
    [`create table p (id int primary key) partition by list (id); create table t partition of p for values in (1); ${granted}`]: 0,
    [`create table p (id int primary key); create table t () inherits (p); ${granted}`]: 1,
    [`create temp table t (id int); ${granted}`]: 0,
    // Nobody can insert: there is no upsert to fail.
    'create table t (id int)': 0,
    'grant insert on elsewhere to authenticated': 0,
  });
  cases(
    'table-no-primary-key',
    { 'create table t (id int)': 1, 'create table t (id int); revoke all on t from anon, authenticated': 0 },
    V1,
  );
});

describe('table-if-not-exists-stale', () => {
  const again = (columns: string): string => `${TABLE} create table if not exists notes (${columns});`;
  const known = 'id uuid primary key, owner_id text not null';
  cases('table-if-not-exists-stale', {
    [again(`${known}, title text`)]: 1,
    [again(`${known}, title text, stars int`)]: 1,
    [again(known)]: 0,
    [again(`${known}, "body" text, unique (body)`)]: 0,
    [`${again(`${known}, title text`)} alter table notes add column if not exists title text`]: 0,
    [`${again(`${known}, body text`)} alter table notes drop column body`]: 0,
    [`${again(`${known}, body text`)} alter table notes rename body to title`]: 0,
    [`${again(`${known}, title text`)} drop table notes`]: 0,
    'create table if not exists t (id int)': 0,
    'alter table t enable row level security; create table if not exists t (id int)': 0,
    'create table t as select * from elsewhere; create table if not exists t (id int)': 0,
    'create table t (id int, like elsewhere); create table if not exists t (id int, x int)': 0,
    'create table t (like elsewhere); create table if not exists t (id int)': 0,
  });

  it('adds the columns as they are written', async () => {
    const sql = `CREATE TABLE "Notes" (id int);
CREATE TABLE IF NOT EXISTS "Notes" (id int, price numeric(10, 2) NOT NULL DEFAULT (1 + 1), "Tags" text[]);`;
    const [finding] = await of('table-if-not-exists-stale', sql);
    assert.equal(marked(sql, finding), 'price');
    const text = fixed(sql, finding);
    assert.ok(
      text.endsWith(
        ');\nALTER TABLE "Notes" ADD COLUMN IF NOT EXISTS price numeric(10, 2) NOT NULL DEFAULT (1 + 1), ADD COLUMN IF NOT EXISTS "Tags" text[];',
      ),
      text,
    );
    assert.deepEqual(await of('table-if-not-exists-stale', text), []);
  });
});

describe('table-foreign-exposed', () => {
  const foreign = 'create foreign table prices (item text) server files;';
  cases('table-foreign-exposed', {
    [foreign]: 1,
    [`${foreign} revoke select on prices from authenticated`]: 0,
    [`${foreign} revoke select on prices from authenticated; grant select on prices to authenticated`]: 1,
    [`${foreign} drop foreign table prices`]: 0,
    'create table prices (item text)': 0,
  });
  cases(
    'table-foreign-exposed',
    {
      [`${foreign} revoke all on prices from authenticated`]: 1,
      [`${foreign} revoke all on prices from anon, authenticated`]: 0,
      'create schema private; create foreign table private.prices (item text) server files': 0,
    },
    V1,
  );

  it('revokes after the last GRANT', async () => {
    const sql = `${foreign}\nGRANT SELECT ON prices TO authenticated;\n`;
    const text = fixed(sql, (await of('table-foreign-exposed', sql))[0]);
    assert.ok(text.endsWith('TO authenticated;\nREVOKE ALL ON prices FROM anon, authenticated;\n'), text);
    assert.deepEqual(await of('table-foreign-exposed', text), []);
  });
});

describe('table-materialized-exposed', () => {
  cases('table-materialized-exposed', {
    [`${TABLE} create materialized view m as select * from notes`]: 1,
    [`${TABLE} create view v with (security_invoker) as select * from notes; create materialized view m as select * from v`]: 1,
    [`${TABLE} create materialized view m as select * from notes; revoke select on m from authenticated`]: 0,
    [`${TABLE} create materialized view m as select * from notes; drop materialized view m`]: 0,
    [`${TABLE} create view v as select * from notes`]: 0,
    'create table t (id int); create materialized view m as select * from t': 0,
    'create materialized view m as select * from elsewhere': 0,
  });
  cases(
    'table-materialized-exposed',
    {
      [`${TABLE} create materialized view m as select * from notes; revoke select on m from authenticated`]: 1,
      [`${TABLE} create schema private; create materialized view private.m as select * from notes; grant select on private.m to authenticated`]: 0,
    },
    { ...V1, apiSchema: 'api' },
  );
});
