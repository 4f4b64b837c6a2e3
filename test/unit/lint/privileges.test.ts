import assert from 'node:assert/strict';
import type { LintOptions } from '../../../src/lint/linter';
import { itSays, saidBy } from '../../support/cases';
import { findings, fixed } from '../../support/sql';

const V1: LintOptions = { engine: 'v1_dedicated' };
const V2: LintOptions = { engine: 'v2_shared' };
const OWN: LintOptions = { ...V2, apiSchema: 't_1a2b3c4d5e6f_api' };

const TABLE = `create table notes (id serial primary key, owner_id text not null, body text, secret text);
alter table notes enable row level security;`;
const policy = (verb: string, clause: string, to = 'authenticated'): string =>
  `create policy notes_${verb} on notes for ${verb} to ${to} ${clause} (owner_id = auth.uid());`;
const READ = policy('select', 'using');
const INSERT = policy('insert', 'with check');
const UPDATE = policy('update', 'using');
const ALL = policy('all', 'using');

/** The text after the fix of the rule's first finding. */
async function mended(rule: string, sql: string, options: LintOptions = V2): Promise<string> {
  return fixed(
    sql,
    (await findings(sql, options)).find(finding => finding.rule === rule),
  );
}

describe('privileges that are missing', () => {
  itSays('grant-missing-sequence', V2, `${TABLE}${READ}${INSERT}`, {
    'grant insert on notes to authenticated;': [],
    'grant insert on notes to authenticated; revoke usage on sequence notes_id_seq from authenticated;': [
      'error id',
    ],
    // UPDATE is enough for nextval.
    'grant insert on notes to authenticated; revoke usage on sequence notes_id_seq from authenticated; grant update on sequence notes_id_seq to authenticated;':
      [],
    'grant insert on notes to public; revoke all on all sequences in schema t_1a2b3c4d5e6f_api from authenticated; grant usage on sequence t_1a2b3c4d5e6f_api.notes_id_seq to t_1a2b3c4d5e6f_role;':
      [],
    'grant insert on notes to authenticated; revoke all on sequence notes_id_seq from authenticated; alter table notes drop column id;':
      [],
    // Nobody may insert: the privilege is missing, not the sequence.
    'revoke all on sequence notes_id_seq from authenticated;': [],
    'grant insert on notes to authenticated; revoke all on sequence notes_id_seq from anon;': [],
    'grant insert on notes to authenticated; revoke all on sequence notes_id_seq from authenticated; drop policy notes_insert on notes;':
      [],
  });
  itSays('grant-missing-sequence', V2, '', {
    [`create sequence "Numbers"; revoke all on sequence "Numbers" from authenticated;
      create table t (n int default nextval('"Numbers"'), owner_id text); grant insert on t to authenticated;`]:
      ['error n'],
    [`create sequence numbers; revoke all on sequence numbers from authenticated;
      create table t (n int default nextval('Numbers'::regclass), owner_id text); grant insert on t to authenticated;`]:
      ['error n'],
    [`create sequence other.numbers; create table t (n int default nextval('other.numbers')); grant insert on t to authenticated;`]:
      ['error n'],
    // No request reaches a table of another schema.
    'create table other.t (n serial); grant insert on other.t to authenticated;': [],
    // Made elsewhere: cannot tell.
    [`create table t (n int default nextval('numbers')); grant insert on t to authenticated;`]: [],
    [`create table t (n int generated always as identity); grant insert on t to authenticated; revoke all on sequence t_n_seq from authenticated;`]:
      [],
    [`create table "My Notes" (id bigserial); revoke all on sequence "My Notes_id_seq" from authenticated; grant insert on "My Notes" to authenticated;`]:
      ['error id'],
  });
  itSays('grant-missing-sequence', V1, `${TABLE}${READ}${INSERT}`, {
    '': [],
    'revoke all on sequence notes_id_seq from authenticated;': ['error id'],
    // Signed-out visitors were not to insert.
    'revoke all on sequence notes_id_seq from anon;': [],
  });

  const HELPER = `${TABLE} create function mine(owner text) returns boolean language sql stable as $$ select owner = auth.uid() $$;
    revoke execute on function mine(text) from public;`;
  const CALLS = 'create policy p on notes for select to authenticated using (mine(owner_id));';
  itSays('grant-missing-function', V2, HELPER, {
    [CALLS]: ['error mine(owner_id)'],
    [`${CALLS} grant execute on function mine(text) to authenticated;`]: [],
    [`${CALLS} grant execute on function mine to t_1a2b3c4d5e6f_role;`]: [],
    [`${CALLS} grant execute on function mine(text) to public;`]: [],
    // Dropped and made again, it is everybody's.
    [`drop function mine(text); create function mine(owner text) returns boolean language sql as $$ select true $$; ${CALLS}`]:
      [],
    // Which overload is meant, the names do not tell.
    [`create function mine(owner uuid) returns boolean language sql as $$ select true $$; ${CALLS}`]: [],
    'create policy p on notes for select to editors using (mine(owner_id));': [],
    // A function of the caller's calls it with the caller's rights; one of the definer's does not.
    [`create function outer_one(o text) returns boolean language sql as $$ select mine(o) $$;
      create policy p on notes for select to authenticated using (outer_one(owner_id));`]: [
      'error outer_one(owner_id)',
    ],
    [`create function outer_one(o text) returns boolean language sql security definer as $$ select mine(o) $$;
      create policy p on notes for select to authenticated using (outer_one(owner_id));`]: [],
    [`create table t (ok boolean default mine('x')); create policy p on t for insert to authenticated with check (true);`]:
      [`error mine('x')`],
    [`create table t (ok boolean default mine('x')); create policy p on t for select to authenticated using (true);`]:
      [],
    [`${CALLS} create policy q on notes for update to authenticated using (mine(owner_id));`]: [
      'error mine(owner_id)',
    ],
  });
  itSays('grant-missing-function', V2, TABLE, {
    'create function f() returns boolean language sql as $$ select true $$; create policy p on notes to authenticated using (f());':
      [],
    'create policy p on notes to authenticated using (elsewhere(owner_id));': [],
    [`alter default privileges revoke execute on functions from public;
      create function f() returns boolean language sql as $$ select true $$; create policy p on notes to authenticated using (f());`]:
      ['error f()'],
  });

  itSays('grant-missing-table', V1, `create role editors; ${TABLE}`, {
    'create policy p on notes for select to editors using (true);': ['error p'],
    'create policy p on notes for select to editors using (true); grant select on notes to editors;': [],
    'create policy p on notes for select to editors using (true); grant authenticated to editors;': [],
    'create policy p on notes for select to editors using (true); grant select on notes to public;': [],
    // v1's roles are NOINHERIT.
    [`${READ} revoke all on notes from authenticated; grant select on notes to editors; grant editors to authenticated;`]:
      ['error notes_select'],
    [`${READ} revoke all on notes from authenticated; grant select on notes to editors; grant editors to authenticated with inherit true;`]:
      [],
    [`${READ} grant select (id, body) on notes to authenticated;`]: [],
  });
  itSays('grant-missing-table', OWN, TABLE, {
    [`${INSERT} grant insert on notes to t_1a2b3c4d5e6f_role;`]: [],
    [`${INSERT} grant insert on notes to t_0f1e2d3c4b5a_role;`]: ['error notes_insert'],
    [`${INSERT} grant insert on all tables in schema t_1a2b3c4d5e6f_api to authenticated;`]: [],
    [`${INSERT} grant insert on all tables in schema public to authenticated;`]: ['error notes_insert'],
  });

  const QUALIFIED = `create table t_1a2b3c4d5e6f_api.notes (owner_id text); alter table t_1a2b3c4d5e6f_api.notes enable row level security;
    create policy p on t_1a2b3c4d5e6f_api.notes for select to authenticated using (owner_id = auth.uid());`;
  itSays('grant-missing-schema-usage', V2, QUALIFIED, {
    '': ['info t_1a2b3c4d5e6f_api'],
    'grant usage on schema t_1a2b3c4d5e6f_api to authenticated;': [],
    'grant usage on schema public to authenticated;': [],
    'revoke usage on schema public from authenticated;': ['error public'],
    'revoke all on schema t_1a2b3c4d5e6f_api from t_1a2b3c4d5e6f_role;': ['error t_1a2b3c4d5e6f_api'],
    'revoke usage on schema t_1a2b3c4d5e6f_api from anon;': ['info t_1a2b3c4d5e6f_api'],
    'revoke usage on schema t_1a2b3c4d5e6f_api from authenticated; grant usage on schema t_1a2b3c4d5e6f_api to public;':
      [],
  });
  itSays('grant-missing-schema-usage', V2, `${TABLE}${READ}`, {
    '': [],
    'revoke usage on schema public from authenticated;': ['error public'],
  });
  itSays('grant-missing-schema-usage', V1, '', {
    'create schema app; create table app.t (id int); grant select on app.t to authenticated, anon;': [
      'error app',
      'error app',
    ],
    'create schema app; create function app.f() returns int language sql as $$ select 1 $$; grant execute on function app.f() to authenticated;':
      ['error app'],
    'create schema app; create table app.t (id int);': [],
    'create schema app; create table app.t (id int); grant select on app.t to authenticated; grant usage on schema app to authenticated;':
      [],
    // Made elsewhere: cannot tell.
    'grant select on app.t to authenticated;': [],
  });
});

describe('privileges that do not go together', () => {
  itSays('grant-write-without-select', V2, TABLE, {
    [`${UPDATE} revoke select on notes from authenticated; grant update, delete on notes to authenticated;`]:
      ['warning update'],
    [`${UPDATE} revoke select on notes from authenticated; grant update on notes to authenticated; grant select (id) on notes to authenticated;`]:
      [],
    [`${UPDATE} grant update on notes to authenticated;`]: [],
    [`${UPDATE} revoke select on notes from authenticated; grant update on notes to authenticated; grant select on notes to public;`]:
      [],
    // A SELECT policy without its privilege is grant-missing-table's.
    [`${UPDATE}${READ} revoke select on notes from authenticated; grant update on notes to authenticated;`]:
      [],
    [`${ALL} revoke select on notes from authenticated; grant update on notes to authenticated;`]: [],
    // Every row would be open.
    [`${UPDATE} alter table notes disable row level security; revoke select on notes from authenticated; grant update on notes to authenticated;`]:
      [],
    // Nothing lets an UPDATE reach a row.
    'revoke select on notes from authenticated; grant update on notes to authenticated;': [],
    'revoke select on elsewhere from authenticated; grant update on elsewhere to authenticated;': [],
  });
  itSays('grant-write-without-select', V1, `${TABLE}${UPDATE}`, {
    'revoke select on notes from authenticated;': ['warning select'],
    'revoke all on notes from authenticated;': [],
    'revoke select on notes from anon;': [],
  });

  itSays('grant-column-subset', V2, `${TABLE}${READ}`, {
    'revoke select on notes from authenticated; grant select (id, body), update (body) on notes to authenticated;':
      ['info select (id, body)'],
    'grant select (id, body) on notes to authenticated;': [],
    'revoke select on notes from authenticated; grant select (id, owner_id, body, secret) on notes to authenticated;':
      [],
    'revoke select on notes from authenticated; grant select (id, owner_id, body) on notes to authenticated; alter table notes drop column secret;':
      [],
    'revoke select on notes from authenticated; grant select (id, body) on notes to authenticated; revoke select (body) on notes from authenticated;':
      ['info select (id, body)'],
    'grant update (body) on notes to authenticated;': [],
    'revoke select on notes from authenticated;': [],
    'grant select (id) on elsewhere to authenticated;': [],
  });

  itSays('grant-column-revoke-ineffective', V2, `${TABLE}${READ}`, {
    'revoke select (secret) on notes from authenticated;': ['error select (secret)'],
    'REVOKE SELECT (secret) ON TABLE notes FROM public;': ['error SELECT (secret)'],
    'revoke update (owner_id) on notes from authenticated;': [],
    'grant update on notes to authenticated; revoke update (owner_id), select (secret) on notes from authenticated;':
      ['error update (owner_id)', 'error select (secret)'],
    'revoke all (secret) on notes from authenticated;': ['error all (secret)'],
    'revoke select on notes from authenticated; grant select (id, secret) on notes to authenticated; revoke select (secret) on notes from authenticated;':
      [],
    'revoke select (secret) on notes from authenticated; revoke select on notes from authenticated; grant select (id) on notes to authenticated;':
      [],
    'revoke select on notes from authenticated; grant select on notes to public; revoke select (secret) on notes from authenticated;':
      ['error select (secret)'],
    // No request runs as anon here.
    'revoke select (secret) on notes from anon;': [],
    'revoke grant option for select (secret) on notes from authenticated;': [],
    'revoke select (secret) on elsewhere from authenticated;': [],
    'revoke select (secret) on notes from authenticated; drop table notes;': [],
  });
  itSays('grant-column-revoke-ineffective', V1, `${TABLE}${READ}`, {
    'revoke select (secret) on notes from anon;': ['error select (secret)'],
    'revoke update (owner_id) on notes from authenticated;': ['error update (owner_id)'],
  });

  itSays('grant-without-policy', V2, TABLE, {
    [`${READ} grant select, insert, delete on notes to authenticated;`]: ['warning insert'],
    [`${READ} grant all on notes to authenticated;`]: ['warning all'],
    [`${READ} grant select, update (body) on notes to authenticated;`]: ['warning update (body)'],
    [`${READ} grant select on notes to authenticated;`]: [],
    [`${ALL} grant all on notes to authenticated;`]: [],
    [`${READ}${policy('insert', 'with check', 'public')} grant insert on notes to authenticated;`]: [],
    [`${READ} create policy i on notes for insert with check (true); grant insert on notes to authenticated;`]:
      [],
    [`${READ} grant insert on notes to authenticated; revoke insert on notes from authenticated;`]: [],
    // No policy at all: rls-enabled-no-policy. Only restrictive ones: policy-restrictive-only.
    'grant insert on notes to authenticated;': [],
    [`${READ} create policy floor on notes as restrictive to authenticated using (true); grant insert on notes to authenticated;`]:
      [],
    [`${READ} alter table notes disable row level security; grant insert on notes to authenticated;`]: [],
    // Left to the rules about writes that need to read.
    [`${INSERT} grant select, insert on notes to authenticated;`]: [],
    [`${READ} grant insert on notes to anon;`]: [],
    [`${READ} grant insert on elsewhere to authenticated;`]: [],
    [`${READ} grant insert on all tables in schema t_1a2b3c4d5e6f_api to authenticated;`]: ['warning insert'],
    [`${READ} create view v as select * from notes; grant insert on v to authenticated;`]: [],
  });
  // What v1 gives by itself is nobody's statement.
  itSays('grant-without-policy', V1, TABLE, { [READ]: [] });
});

describe('privileges that reach too far', () => {
  itSays('grant-truncate', V2, `${TABLE}${ALL}`, {
    'grant all on notes to authenticated;': ['error all'],
    'GRANT ALL PRIVILEGES ON TABLE notes TO authenticated;': ['error ALL PRIVILEGES'],
    'grant select, truncate on notes to t_1a2b3c4d5e6f_role;': ['error truncate'],
    'grant all on all tables in schema t_1a2b3c4d5e6f_api to authenticated;': ['error all'],
    'alter default privileges in schema public grant all on tables to authenticated;': ['error all'],
    'grant all on notes to public;': ['error all'],
    'grant all on notes to authenticated; revoke truncate on notes from authenticated;': [],
    'grant all on notes to authenticated; drop table notes;': [],
    'grant all (body) on notes to authenticated;': [],
    'grant all on sequence notes_id_seq to authenticated;': [],
    'alter default privileges in schema public grant all on sequences to authenticated;': [],
    'grant all on schema public to authenticated;': [],
    'create view v as select 1; grant all on v to authenticated;': [],
    'create role editors; grant all on notes to editors;': [],
    'revoke all on notes from authenticated;': [],
    'grant select, insert, update, delete on notes to authenticated;': [],
  });
  itSays('grant-truncate', V1, `${TABLE}${ALL}`, {
    'grant all on notes to authenticated, service_role;': ['hint all'],
    'grant all on notes to service_role;': [],
  });

  itSays('grant-to-public', V2, `${TABLE}${READ}`, {
    'grant select on notes to public;': ['warning public'],
    'grant select, insert on notes to authenticated, PUBLIC;': ['error PUBLIC'],
    'grant all on notes to public;': ['error public'],
    'alter default privileges in schema public grant insert on tables to public;': ['error public'],
    'grant select on notes to public; revoke all on notes from public;': [],
    'grant usage on schema public to public;': [],
    'grant execute on function auth.uid() to public;': [],
    'revoke all on notes from public;': [],
  });

  itSays('grant-to-anon', V1, `${TABLE}${READ}`, {
    'grant insert on notes to anon;': ['error anon'],
    'grant select on notes to anon, authenticated;': ['info anon'],
    'grant select, update (body) on notes to authenticated, anon;': ['error anon'],
    'grant all on all tables in schema t_1a2b3c4d5e6f_api to anon;': ['error anon'],
    'alter default privileges grant delete on tables to anon;': ['error anon'],
    'grant insert on notes to anon; revoke insert on notes from anon;': [],
    'grant usage on schema t_1a2b3c4d5e6f_api to anon;': [],
    'grant usage on sequence notes_id_seq to anon;': [],
    'grant references on notes to anon;': [],
  });
  itSays('grant-to-anon', V2, `${TABLE}${READ}`, {
    'grant insert on notes to anon;': ['warning anon'],
    'grant select on notes to anon;': ['info anon'],
  });

  itSays('grant-option', V2, `${TABLE}${READ}`, {
    'grant select on notes to authenticated with grant option;': ['info with grant option'],
    'GRANT SELECT ON notes TO t_1a2b3c4d5e6f_role WITH  GRANT OPTION;': ['info WITH  GRANT OPTION'],
    'alter default privileges grant select on tables to authenticated with grant option;': [
      'info with grant option',
    ],
    'grant select on notes to postgres with grant option;': [],
    'grant select on notes to authenticated;': [],
    'revoke grant option for select on notes from authenticated;': [],
  });

  const JOBS = 'create table jobs (id int primary key, payload text);';
  itSays('grant-private-table-readable', V2, JOBS, {
    '': ['error jobs'],
    'revoke select on jobs from anon;': ['error jobs'],
    'revoke select on jobs from authenticated;': [],
    'revoke all on all tables in schema t_1a2b3c4d5e6f_api from authenticated;': [],
    'alter table jobs enable row level security;': [],
    'grant select on jobs to authenticated;': [],
    'grant insert on jobs to public;': [],
    'create policy p on jobs using (true);': [],
    'drop table jobs;': [],
    'alter table jobs rename to work;': ['error jobs'],
    'alter table jobs add column owner_id text;': [],
    'grant usage on schema public to authenticated;': ['error jobs'],
  });
  itSays('grant-private-table-readable', V2, '', {
    'alter default privileges in schema public revoke select on tables from authenticated; create table jobs (id int);':
      [],
    'create temp table jobs (id int);': [],
    'create table other.jobs (id int);': [],
    [`${TABLE} create table lines (note_id int references notes (id));`]: [],
    'create table copy as select 1 as x;': [],
    'alter table elsewhere add column x int;': [],
  });

  it('leaves a table to one of the rules about row security that is off, and to one only', async () => {
    const rules = ['grant-private-table-readable', 'rls-not-enabled', 'rls-policy-without-rls'];
    for (const [sql, spoken] of [
      [JOBS, rules[0]],
      [`${JOBS} grant select on jobs to authenticated;`, rules[1]],
      [`${JOBS} grant insert on jobs to public;`, rules[1]],
      ['create table t (owner_id text);', rules[1]],
      [`${JOBS} create policy p on jobs for select to authenticated using (true);`, rules[2]],
    ] as const) {
      const speaking = (await findings(sql, V2)).map(({ rule }) => rule).filter(rule => rules.includes(rule));
      assert.deepEqual(speaking, [spoken], sql);
    }
    assert.deepEqual(await saidBy('rls-not-enabled', JOBS, V1), ['error jobs']);
  });
});

describe('names in grants', () => {
  itSays('grant-unknown-role', V2, `${TABLE}${READ}`, {
    'grant select on notes to t_1a2b3c4d5e6f_api;': ['error t_1a2b3c4d5e6f_api'],
    'grant select on notes to t_1a2b3c4d5e6f_role, t_1a2b3c4d5e6f_ddl, pg_monitor, current_user;': [],
    'alter default privileges grant select on tables to service_role;': ['error service_role'],
    'revoke all on notes from supabase_admin;': ['error supabase_admin'],
    'grant select on notes to "Authenticated";': ['error "Authenticated"'],
    // Every membership is refused: grant-role-membership.
    'grant anon to somebody;': [],
  });
  itSays('grant-unknown-role', V1, `${TABLE}${READ}`, {
    'grant select on notes to t_1a2b3c4d5e6f_role;': ['error t_1a2b3c4d5e6f_role'],
    'create role editors; grant editors to authentcated;': ['error authentcated'],
    'create role editors; grant editors to authenticator;': [],
    'grant select on notes to service_role;': [],
  });

  itSays('grant-other-tenant-role', OWN, `${TABLE}${READ}`, {
    'grant select on notes to t_0f1e2d3c4b5a_role;': ['error t_0f1e2d3c4b5a_role'],
    'revoke all on notes from t_0f1e2d3c4b5a_role;': ['error t_0f1e2d3c4b5a_role'],
    'grant usage on schema t_1a2b3c4d5e6f_api to "t_0f1e2d3c4b5a_role";': ['error "t_0f1e2d3c4b5a_role"'],
    'grant usage on sequence notes_id_seq to t_0f1e2d3c4b5a_role;': ['error t_0f1e2d3c4b5a_role'],
    'alter default privileges grant select on tables to t_0f1e2d3c4b5a_role;': ['error t_0f1e2d3c4b5a_role'],
    'grant select on notes to t_1a2b3c4d5e6f_role, authenticated;': [],
    'grant select on t_0f1e2d3c4b5a_api.notes to t_0f1e2d3c4b5a_role;': [],
  });
  itSays('grant-other-tenant-role', V2, `${TABLE}${READ}`, {
    // Nothing tells whose project it is.
    'grant select on notes to t_0f1e2d3c4b5a_role;': [],
    'grant select on t_1a2b3c4d5e6f_api.notes to t_0f1e2d3c4b5a_role;': ['error t_0f1e2d3c4b5a_role'],
  });
  itSays('grant-other-tenant-role', V1, '', {
    'grant select on t_1a2b3c4d5e6f_api.notes to t_0f1e2d3c4b5a_role;': [],
  });

  itSays('grant-role-membership', V2, '', {
    'grant authenticated to t_1a2b3c4d5e6f_role': ['error grant authenticated to t_1a2b3c4d5e6f_role'],
    'revoke anon from authenticated;': ['error revoke anon from authenticated'],
    'grant select on t to authenticated;': [],
  });
  itSays('grant-role-membership', V1, '', { 'create role editors; grant editors to authenticator;': [] });

  itSays('grant-not-adapted', V2, `${TABLE}${READ}`, {
    'grant select on all tables in schema public to authenticated;': ['error public'],
    'GRANT USAGE ON ALL SEQUENCES IN SCHEMA PUBLIC TO authenticated;': ['error PUBLIC'],
    'grant execute on all functions in schema public to authenticated;': ['error public'],
    'revoke all on all tables in schema public from anon;': ['error public'],
    'grant usage on schema "public" to authenticated;': ['error "public"'],
    'grant usage on schema t_1a2b3c4d5e6f_api, public to authenticated;': ['error public'],
    'alter default privileges in schema t_1a2b3c4d5e6f_api, public grant select on tables to authenticated;':
      ['error public'],
    'alter default privileges in schema "public" grant select on tables to authenticated;': [
      'error "public"',
    ],
    'grant select on notes to "authenticated";': ['error "authenticated"'],
    'alter default privileges grant select on tables to "authenticated";': ['error "authenticated"'],
    'grant usage on schema public to authenticated;': [],
    'grant usage on schema public, t_1a2b3c4d5e6f_api to authenticated;': [],
    'alter default privileges in schema public grant select on tables to authenticated;': [],
    'grant select on all tables in schema t_1a2b3c4d5e6f_api to authenticated;': [],
    'grant select on notes to authenticated, public;': [],
  });

  itSays('grant-over-adapted', V2, 'create table t (authenticated boolean, owner_id text);', {
    'grant select (authenticated) on t to authenticated;': ['error authenticated'],
    'grant select on AUTHENTICATED to authenticated;': ['error AUTHENTICATED'],
    'grant select ("authenticated") on t to authenticated;': [],
    'revoke select on t from authenticated granted by authenticated;': [],
    'create policy p on t to authenticated using (t.authenticated);': ['error authenticated'],
    "create policy p on t to authenticated using (owner_id = 'authenticated' /* authenticated */);": [],
    'create policy authenticated on t to authenticated using ("authenticated");': [],
    'create policy is_authenticated on t to public, authenticated using (true);': [],
    // Other statements are not adapted.
    'create index on t (authenticated);': [],
    'alter policy p on t using (authenticated);': [],
  });

  itSays('grant-before-create', V2, '', {
    'grant select on notes to authenticated; create table notes (id int);': ['error notes'],
    'grant select on elsewhere, api.notes to authenticated; create table api.notes (id int);': [
      'error notes',
    ],
    'alter table notes enable row level security; create table if not exists notes (id int);': [
      'error notes',
    ],
    'create policy p on notes using (true); create table notes (id int);': ['error notes'],
    'grant select on v to authenticated; create view v as select 1;': ['error v'],
    'revoke execute on function f() from public; create function f() returns int language sql as $$ select 1 $$;':
      ['error f'],
    'create table notes (id int); grant select on notes to authenticated;': [],
    'grant select on notes to authenticated;': [],
    // It is there already, or may be.
    'create table notes (id int); grant select on notes to authenticated; drop table notes; create table notes (id int);':
      [],
    'revoke all on notes from anon; drop table if exists notes; create table notes (id int);': [],
    'create view v as select 1; grant select on v to authenticated; create or replace view v as select 1, 2;':
      [],
    'create function f() returns int language sql as $$ select 1 $$; revoke execute on function f() from public; create or replace function f() returns int language sql as $$ select 2 $$;':
      [],
    'alter table if exists notes enable row level security; create table notes (id int);': [],
    'alter table notes rename to papers; create table notes (id int); grant select on notes to authenticated;':
      [],
    'grant select on all tables in schema api to authenticated; create table api.notes (id int);': [],
  });

  it('looks for the object in the files of the push', async () => {
    const [finding] = await findings(
      {
        'migrations/0001_grants.sql': 'grant select on notes to authenticated;\n',
        'migrations/0002_notes.sql': 'create table notes (id int)',
      },
      { ...V2 },
    ).then(found => found.filter(({ rule }) => rule === 'grant-before-create'));
    assert.deepEqual(
      finding?.fix?.edits.map(({ at, text }) => [at.file, text]),
      [
        ['migrations/0001_grants.sql', ''],
        ['migrations/0002_notes.sql', ';\ngrant select on notes to authenticated;'],
      ],
    );
  });
});

describe('fixes of grants', () => {
  const cases: readonly (readonly [rule: string, before: string, after: string, options?: LintOptions])[] = [
    [
      'grant-truncate',
      'GRANT ALL PRIVILEGES ON notes TO authenticated;',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;',
    ],
    [
      'grant-truncate',
      'grant select, truncate, update (body) on notes to authenticated;',
      'grant select, update (body) on notes to authenticated;',
    ],
    ['grant-truncate', 'grant truncate on notes to authenticated;', ''],
    [
      'grant-to-public',
      'grant select on notes to anon, public;',
      'grant select on notes to anon, authenticated;',
    ],
    [
      'grant-to-public',
      'grant select on notes to authenticated, public;',
      'grant select on notes to authenticated;',
    ],
    [
      'grant-to-public',
      'grant select on notes to public, authenticated;',
      'grant select on notes to authenticated;',
    ],
    [
      'grant-to-anon',
      'grant insert on notes to anon, authenticated;',
      'grant insert on notes to authenticated;',
    ],
    ['grant-to-anon', 'grant select, insert, delete on notes to anon;', 'grant select on notes to anon;'],
    [
      'grant-option',
      'grant select on notes to authenticated\n  with grant option;',
      'grant select on notes to authenticated;',
    ],
    [
      'grant-not-adapted',
      'grant usage on schema t_1a2b3c4d5e6f_api, "public" to authenticated;',
      'grant usage on schema public, t_1a2b3c4d5e6f_api to authenticated;',
    ],
    [
      'grant-not-adapted',
      'grant select on notes to anon, "authenticated";',
      'grant select on notes to anon, authenticated;',
    ],
    [
      'grant-unknown-role',
      'grant select on notes to t_1a2b3c4d5e6f_role;',
      'grant select on notes to authenticated;',
      V1,
    ],
    [
      'grant-column-revoke-ineffective',
      'revoke select (secret, body) on notes from authenticated, anon;',
      'revoke select on notes from authenticated, anon;\ngrant select (id, owner_id) on notes to authenticated, anon;',
    ],
  ];
  for (const [rule, before, after, options] of cases) {
    it(`${rule}: ${before.replace(/\s+/g, ' ')}`, async () => {
      assert.equal(await mended(rule, `${TABLE}${ALL}\n${before}`, options), `${TABLE}${ALL}\n${after}`);
    });
  }

  it('names the tables that are there by then, with their schema where it is written', async () => {
    const sql = `create table a (id int); create table "B" (id int);
GRANT SELECT ON ALL TABLES IN SCHEMA public TO authenticated;
create table c (id int);`;
    assert.match(await mended('grant-not-adapted', sql), /\nGRANT SELECT ON a, "B" TO authenticated;\n/);
    const qualified = `create table t_1a2b3c4d5e6f_api.a (id int); grant select on all tables in schema public to authenticated;`;
    assert.match(
      await mended('grant-not-adapted', qualified),
      /grant select on t_1a2b3c4d5e6f_api\.a to authenticated;$/,
    );
    const made = (name: string): string =>
      `create function ${name}() returns int language sql as $$ select 1 $$;`;
    assert.equal(
      await mended(
        'grant-not-adapted',
        `${made('f')} grant execute on all functions in schema public to authenticated; ${made('g')}`,
      ),
      `${made('f')} grant execute on function f to authenticated; ${made('g')}`,
    );
    const nothing = 'grant select on all tables in schema public to authenticated;';
    const [finding] = (await findings(nothing, V2)).filter(({ rule }) => rule === 'grant-not-adapted');
    assert.equal(finding?.fix, undefined);
  });

  it('leaves the order of statements alone where a fix would not hold', async () => {
    const sql = `${TABLE}${READ} revoke select (secret) on notes from authenticated; grant select on notes to authenticated;`;
    const [finding] = (await findings(sql, V2)).filter(
      ({ rule }) => rule === 'grant-column-revoke-ineffective',
    );
    assert.ok(finding);
    assert.equal(finding.fix, undefined);
  });

  it('writes owner policies for every verb that lacks one', async () => {
    const sql = `${TABLE}${READ} grant select, insert, delete on notes to authenticated;`;
    const text = await mended('grant-without-policy', sql);
    assert.match(
      text,
      /create policy notes_owner_insert on notes for insert to authenticated with check \(owner_id = auth\.uid\(\)\);/,
    );
    assert.match(
      text,
      /create policy notes_owner_delete on notes for delete to authenticated using \(owner_id = auth\.uid\(\)\);/,
    );
    assert.deepEqual(await saidBy('grant-without-policy', text, V2), []);
    // Who owns a row, the policy does not tell.
    const shared = `${TABLE} create policy p on notes for select to authenticated using (body = 'x'); grant insert on notes to authenticated;`;
    const unowned = shared.replace('owner_id', 'title');
    const [finding] = (await findings(unowned, V2)).filter(({ rule }) => rule === 'grant-without-policy');
    assert.ok(finding);
    assert.equal(finding.fix, undefined);
  });

  it('grants the sequence by its name, in the case of the file', async () => {
    const sql = `CREATE TABLE t_1a2b3c4d5e6f_api."My Notes" (id serial, owner_id text);
GRANT INSERT ON t_1a2b3c4d5e6f_api."My Notes" TO authenticated;
REVOKE ALL ON SEQUENCE t_1a2b3c4d5e6f_api."My Notes_id_seq" FROM authenticated;`;
    assert.ok(
      (await mended('grant-missing-sequence', sql)).endsWith(
        '\nGRANT USAGE ON SEQUENCE t_1a2b3c4d5e6f_api."My Notes_id_seq" TO authenticated;',
      ),
    );
  });
});
