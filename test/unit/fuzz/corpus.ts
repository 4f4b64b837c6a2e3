import { exampleFiles } from '../../../src/lint/docs';
import { RULES } from '../../../src/lint/rules';
import { pushDirectory } from '../../bench/push-directory';
import { GUIDE_SQL } from '../../support/guide-sql';

/** Constructs on which splitters, lexers and offsets have been wrong before. */
export const ODD_SQL: readonly string[] = [
  // Quotes of every kind, and in each other.
  `select 'it''s', E'a\\'b;', U&'d\\0061t', b'01', x'1F', n'x', $1, 1.5e3, .5, 0x1f, 1_000, "Q""x", U&"d\\0061t";`,
  `select 'one'\n  'two', $$a;b$$, $x$ $$ ' $x$, $ä$é$ä$;`,
  `create function f() returns text language sql as $outer$ select $inner$ it's; "so" $inner$ || $$x$$; $outer$;`,
  `do $$ begin execute $q$ create table x (a int); $q$; raise notice '%', $m$;$m$; end $$;`,
  // Operators at their borders.
  `select a=-1, b=--c\n 2, d->>'x', e@>f, g||-h, i/*j*/+k, l::int, m[1:2], f(n=>1), -(-1), a <> b, a != b;`,
  // Bodies with semicolons inside.
  `create or replace function f(a int) returns int language sql begin atomic
  select case when a > 0 then case a when 1 then 2 else 3 end end;
  select t.end, 1 as case from t;
end;
select 2;`,
  `create or replace rule r as on insert to t do instead (insert into u values (1); select f(';'); delete from v);`,
  `create procedure p() language plpgsql as 'begin null; end';\ncall p();`,
  `create trigger t before insert on notes for each row execute function f();`,
  // What is no SQL.
  '\\set ON_ERROR_STOP on\n\\i other.sql\nselect 1 \\gset\n\\copy t from stdin\n1\tx;\n\\.\n\\restrict aBc\nselect 2;',
  `copy t (a, b) from stdin with (format csv);\n1,it's;\n2,"$$"\n\\.\nselect 3;`,
  `COPY public.t FROM stdin;\n\\.\n\nCOPY u TO stdout;`,
  'create schema {{schema}};\ncreate table {{ schema }}.t (id int);\ngrant usage on schema <your_schema> to ${role};',
  '-- one\r\n/* two /* three */ */ select 1; -- four\r\n/* five',
  // Characters of one to four bytes, before and after what is wrong.
  `comment on table "naïve 🦊" is 'ünïcödé 中文 🦊🦊';\r\ncreate tabel "🦊" ();\r\nselect '🦊', é from "中";`,
  '\ufeffcreate table bom (a int);\ufeff\nselect\u00a01;',
  'select \ud83d, \udc00\ud83d "x\ud800" from t;\nselect 1;',
  'select 1;\n\0\0binary\0;\nselect 2;',
  // Broken and unfinished.
  `create table a (id int,\ncreate table b (id int);\nalter table b enable row level security`,
  `create policy p on notes for select to authenticated using (owner_id = auth.uid()\ngrant select on notes to authenticated;`,
  `comment on table a is 'open;\ncreate table b (x text default 'y');\nselect 'z';`,
  `create function f() returns void language plpgsql as $$ begin null; end;\ncreate table c (id int);`,
  `insert into t values (1, 'a'), (2, 'b') on conflict do nothing returning *;`,
  // What the model follows.
  `create schema api;
create table api.notes (id bigint generated always as identity, "ownerId" uuid not null default auth.uid()::uuid, tags text[] not null default '{}', primary key (id), foreign key (id) references api.other on delete cascade) partition by range (id);
create table api.notes_1 partition of api.notes for values from (1) to (10);
alter table if exists only api.notes add column x numeric(10, 2), alter column x type text using x::text, drop column tags, force row level security;
create policy "odd ""name""" on api.notes as restrictive for all to public, current_user using ((select auth.uid())::uuid = "ownerId" and true) with check (not (1 = 2) or exists (select 1 from api.other o where o.id = notes.id));
alter policy "odd ""name""" on api.notes rename to plain;
create view api.v with (security_invoker = true, security_barrier) as with recursive w as (select * from api.notes union all select * from w) select * from w;
create materialized view api.m as select count(*) from api.notes with no data;
create function api.f(a int default 1, out b text) returns text language sql security definer set search_path = '' as $$ select current_setting('request.jwt.claims', true)::json ->> 'sub' $$;
create role r nologin; grant r to authenticated; grant select (id, x), update (x) on api.notes to r with grant option; revoke all on all tables in schema api from public;
alter default privileges in schema api grant select on tables to anon;
drop table if exists api.notes_1 cascade; drop policy plain on api.notes; alter table api.notes rename to papers;`,
];

/** SQL as people write it, and the odd ones. */
export function corpus(): string[] {
  const examples = RULES.flatMap(({ docs }) =>
    [docs.bad, docs.good].flatMap(example => exampleFiles(example).map(({ text }) => text)),
  );
  const [file] = pushDirectory(80);
  return [GUIDE_SQL, ...examples, file!.text.slice(0, 2_500), ...ODD_SQL];
}
