import type { Audience } from '../../src/schema/audience';

/** Tables, views and functions that predicates over `docs` can ask. */
export const AROUND_DOCS = `
create table orgs (id int primary key, owner_id text not null, public boolean not null);
create table members (org_id int not null, user_sub text not null, role text);
create table open_list (org_id int);
alter table orgs enable row level security;
alter table members enable row level security;
create policy own_orgs on orgs for select to authenticated using (owner_id = auth.uid());
create function is_member(org int) returns boolean language sql stable as
  $$ select exists (select 1 from members m where m.org_id = org and m.user_sub = auth.uid()) $$;
create function is_admin() returns boolean language plpgsql stable as
  $$ begin return exists (select 1 from members where user_sub = auth.uid() and role = 'admin'); end $$;
create function caller() returns text language sql stable as $$ select current_setting('request.jwt.claims', true)::json ->> 'sub' $$;
create function my_orgs() returns setof int language sql stable as $$ select m.org_id from members m where m.user_sub = caller() $$;
create function my_org_list() returns int[] language sql stable as $$ select array_agg(org_id) from members where user_sub = auth.uid() $$;
create function my_org() returns int language plpgsql stable as $$ begin return (select org_id from members where user_sub = auth.uid() limit 1); end $$;
create function is_mine(whose text) returns boolean language sql stable as $$ select whose = auth.uid() $$;
create function by_number(int) returns boolean language sql stable as
  $$ select exists (select 1 from members m where m.org_id = $1 and m.user_sub = auth.uid()) $$;
create function shadowed(org_id int) returns boolean language sql stable as
  $$ select exists (select 1 from members m where m.org_id = org_id and m.user_sub = auth.uid()) $$;
create function loud(org int) returns boolean language plpgsql stable as
  $$ begin if exists (select 1 from members m where m.org_id = org) then return true; end if; return false; end $$;
create function built(org int) returns boolean language plpgsql stable as $$ begin execute 'select 1'; return true; end $$;
create function found_member(org int) returns boolean language plpgsql stable as
  $$ begin perform 1 from members m where m.org_id = org and m.user_sub = auth.uid(); return found; end $$;
create function org_there(org int) returns boolean language sql stable as $$ select exists (select 1 from orgs where id = org) $$;
create function org_there_definer(org int) returns boolean language sql stable security definer as
  $$ select exists (select 1 from orgs where id = org) $$;
create function forever() returns boolean language sql stable as $$ select forever() $$;
create view my_memberships as select m.org_id as org, m.user_sub as who from members m where m.user_sub = auth.uid();
create view orgs_as_owner as select id from orgs;
create view orgs_as_caller with (security_invoker) as select id from orgs;
create table posts (id int primary key, author text not null, published boolean not null);
alter table posts enable row level security;
create policy published_or_own on posts for select to authenticated using (author = auth.uid() or published);
create table floored (id int primary key, author text not null);
alter table floored enable row level security;
create policy everyone on floored for select to authenticated using (true);
create policy floor on floored as restrictive for select to authenticated using (author = auth.uid());
create table shown (id int primary key);
alter table shown enable row level security;
create policy everyone on shown for select to authenticated using (true);
create table docs (id int primary key, org_id int references orgs, owner_id text not null, author text, email text, state text, flag boolean, shared_with text[], editors jsonb);
`;

/** Who gets a row of `docs` past a predicate. */
export const AUDIENCES_OF: Readonly<Record<string, Audience>> = {
  'owner_id = auth.uid()': 'owner',
  'auth.uid() = owner_id': 'owner',
  'docs.owner_id = (select auth.uid())': 'owner',
  "owner_id = current_setting('request.jwt.claims', true)::jsonb ->> 'sub'": 'owner',
  "owner_id = nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub'": 'owner',
  'owner_id in (auth.uid())': 'owner',
  'owner_id is not distinct from auth.uid()': 'owner',
  'not (owner_id <> auth.uid())': 'owner',
  '(owner_id = auth.uid()) is true': 'owner',
  'coalesce(owner_id = auth.uid(), false)': 'owner',
  'lower(owner_id) = lower(auth.uid())': 'owner',
  "owner_id = auth.uid() and state = 'x'": 'owner',
  'owner_id = auth.uid() or author = auth.uid()': 'owner',
  "case when state = 'public' then false else owner_id = auth.uid() end": 'owner',
  "owner_id = auth.uid() or state = 'public'": 'row-decides',
  "case when state = 'public' then true else owner_id = auth.uid() end": 'row-decides',
  'flag or owner_id = auth.uid()': 'row-decides',
  'owner_id = auth.uid() or true': 'everybody',
  true: 'everybody',
  'id = id': 'everybody',
  'not false': 'everybody',
  false: 'nobody',
  'owner_id = null': 'nobody',
  'auth.uid() is not null': 'signed-in',
  "auth.uid() <> ''": 'signed-in',
  'not (auth.uid() is null)': 'signed-in',
  'owner_id = auth.uid() or auth.uid() is not null': 'signed-in',
  'auth.uid() is null': 'signed-out',
  'owner_id <> auth.uid()': 'others',
  'not (owner_id = auth.uid())': 'others',
  'owner_id = current_user': 'signed-in',
  "auth.uid() = 'ann'": 'certain-users',
  "owner_id = 'ann'": 'row-decides',
  "email = current_setting('request.jwt.claims', true)::json ->> 'email'": 'members',
  'exists (select 1 from members m where m.org_id = docs.org_id and m.user_sub = auth.uid())': 'members',
  'org_id in (select org_id from members where user_sub = auth.uid())': 'members',
  // The subquery takes org_id for its own: nothing ties it to the row.
  'exists (select 1 from members m where m.org_id = org_id and m.user_sub = auth.uid())': 'certain-users',
  // The parent's own row security is the proof.
  'exists (select 1 from orgs o where o.id = docs.org_id)': 'members',
  'exists (select 1 from open_list l where l.org_id = docs.org_id)': 'row-decides',
  'exists (select 1 from elsewhere e where e.id = docs.org_id)': 'unknown',
  'is_member(org_id)': 'members',
  'is_admin()': 'certain-users',
  'is_admin() and owner_id = auth.uid()': 'owner',
  'somebody_elses(org_id)': 'unknown',
  'owner_id = auth.uid() or somebody_elses(org_id)': 'unknown',
  'not exists (select 1 from members)': 'unknown',

  // NULL is neither true nor false.
  '(owner_id <> auth.uid()) is not true': 'owner',
  '(auth.uid() is null) is not true': 'signed-in',
  '(is_member(org_id)) is not false': 'unknown',
  '(is_member(org_id)) is true': 'members',
  '(owner_id = auth.uid()) is not distinct from true': 'owner',
  "(state = 'x') is distinct from false": 'row-decides',
  'coalesce(flag, owner_id = auth.uid())': 'row-decides',
  'coalesce(is_member(org_id), false)': 'members',
  'coalesce(owner_id = auth.uid(), true)': 'owner',
  'not coalesce(owner_id <> auth.uid(), false)': 'owner',
  'not (owner_id <> auth.uid() or flag)': 'owner',
  'not (owner_id <> auth.uid() and flag)': 'row-decides',
  'not (auth.uid() is null or owner_id <> auth.uid())': 'owner',
  "case state when 'open' then owner_id = auth.uid() else false end": 'owner',
  "case state when 'open' then true else owner_id = auth.uid() end": 'row-decides',
  'case when owner_id = auth.uid() then true end': 'owner',
  'not case when flag then owner_id <> auth.uid() else true end': 'owner',

  // Lists, rows and coalesce are equalities in other words.
  "owner_id in (auth.uid(), 'shared')": 'row-decides',
  'auth.uid() in (owner_id, author)': 'owner',
  'owner_id = any (array[auth.uid()])': 'owner',
  'auth.uid() = any (array[owner_id, author])': 'owner',
  '(owner_id, org_id) = (auth.uid(), 1)': 'owner',
  '(owner_id, org_id) <> (auth.uid(), 1)': 'row-decides',
  '(org_id, auth.uid()) in (select m.org_id, m.user_sub from members m)': 'members',
  "coalesce(owner_id, '') = auth.uid()": 'owner',
  "coalesce(owner_id, '') = coalesce(auth.uid(), '')": 'owner',
  'owner_id = coalesce(auth.uid(), owner_id)': 'owner',
  'coalesce(author, auth.uid()) = auth.uid()': 'row-decides',
  'auth.uid() = (select auth.uid())': 'signed-in',
  "auth.uid() = ''": 'nobody',
  'docs.id = id': 'everybody',
  'auth.uid() = any (shared_with)': 'members',
  'shared_with @> array[auth.uid()]': 'members',
  'editors ? auth.uid()': 'members',
  "owner_id in ('ann', 'bob')": 'row-decides',
  "auth.uid() in ('ann', 'bob')": 'certain-users',
  'owner_id = any (array(select auth.uid()))': 'owner',
  'cast(owner_id as varchar) = auth.uid()::text collate "C"': 'owner',
  "owner_id like auth.uid() || '%'": 'owner',
  'starts_with(owner_id, auth.uid())': 'owner',
  "state = 'x' and current_user = 'postgres'": 'unknown',
  "length(owner_id) > 0 and now() < '2030-01-01'": 'row-decides',

  // What a subquery ties together counts, in whichever words.
  'exists (select 1 from members m join orgs o on o.id = m.org_id where o.id = docs.org_id and m.user_sub = auth.uid())':
    'members',
  'exists (select 1 from members m join open_list o using (org_id) where o.org_id = docs.org_id and m.user_sub = auth.uid())':
    'members',
  'exists (select 1 from orgs o left join members m on m.org_id = o.id where o.id = docs.org_id and m.user_sub = auth.uid())':
    'members',
  'exists (select 1 from open_list l left join members m on m.user_sub = auth.uid() where l.org_id = docs.org_id)':
    'row-decides',
  'exists (select 1 from members m, open_list l where m.org_id = l.org_id and l.org_id = docs.org_id and m.user_sub = auth.uid())':
    'members',
  'exists (select 1 from members m where m.org_id = docs.org_id or m.user_sub = auth.uid())': 'certain-users',
  'exists (select 1 from open_list l where l.org_id = docs.org_id or auth.uid() is not null)': 'signed-in',
  'exists (select 1 from members m where m.org_id = docs.org_id and (m.user_sub = auth.uid() or m.role = caller()))':
    'members',
  'exists (select 1 from members m where m.org_id > docs.org_id and m.user_sub = auth.uid())': 'unknown',
  'exists (select 1 from open_list l where l.org_id = docs.org_id and exists (select 1 from members m where m.org_id = l.org_id and m.user_sub = auth.uid()))':
    'members',
  'exists (select 1 from open_list l where l.org_id = docs.org_id and not exists (select 1 from members m where m.org_id = l.org_id))':
    'unknown',
  'org_id = (select m.org_id from members m where m.user_sub = auth.uid())': 'members',
  '(select o.owner_id from orgs o where o.id = docs.org_id) = auth.uid()': 'members',
  "(select m.role from members m where m.user_sub = auth.uid()) = 'admin'": 'certain-users',
  '(select m.user_sub from members m where m.org_id = docs.org_id limit 1) is not null': 'members',
  '(select public from orgs where id = docs.org_id)': 'members',
  'auth.uid() in (select m.user_sub from members m where m.org_id = docs.org_id)': 'members',
  'org_id = any (array(select m.org_id from members m where m.user_sub = auth.uid()))': 'members',
  'org_id in (select org_id from members where user_sub = auth.uid() union select org_id from open_list)':
    'row-decides',
  'org_id in (select org_id from members where user_sub = auth.uid() union all select id from orgs)':
    'members',
  'org_id in (select org_id from members where user_sub = auth.uid() except select 1)': 'members',
  'org_id in (values (1), (2))': 'row-decides',
  'org_id in (with mine as (select org_id from members where user_sub = auth.uid()) select * from mine)':
    'members',
  'org_id in (with recursive tree as (select org_id from open_list union select org_id from tree) select org_id from tree)':
    'row-decides',
  'org_id in (with recursive tree as (select org_id from members where user_sub = auth.uid() union select o.id from orgs o join tree t on o.id = t.org_id) select org_id from tree)':
    'members',
  'org_id in (select x.o from (select org_id as o from members where user_sub = auth.uid()) x)': 'members',
  'exists (select 1 from open_list l, lateral (select m.user_sub from members m where m.org_id = l.org_id) x where l.org_id = docs.org_id and x.user_sub = auth.uid())':
    'members',
  'exists (select 1 from members m where (m.org_id, m.user_sub) = (docs.org_id, auth.uid()))': 'members',
  'exists (select 1 from members m where docs.owner_id = auth.uid())': 'owner',
  'exists (select 1 from members m where false)': 'nobody',
  'exists (select count(*) from members m where m.user_sub = auth.uid())': 'everybody',
  '(select count(*) from members m where m.user_sub = auth.uid()) > 0': 'unknown',

  // Views and row security of what is read.
  'exists (select 1 from my_memberships v where v.org = docs.org_id)': 'members',
  'exists (select 1 from orgs_as_owner v where v.id = docs.org_id)': 'row-decides',
  'exists (select 1 from orgs_as_caller v where v.id = docs.org_id)': 'members',
  'exists (select 1 from posts p where p.id = docs.id)': 'row-decides',
  'exists (select 1 from floored f where f.id = docs.id)': 'members',
  'exists (select 1 from shown s where s.id = docs.id)': 'row-decides',
  'exists (select 1 from orgs)': 'certain-users',
  'exists (select 1 from open_list)': 'unknown',

  // Functions of the files are looked into.
  'owner_id = caller()': 'owner',
  'owner_id = (select caller())': 'owner',
  'caller() is not null': 'signed-in',
  'org_id in (select my_orgs())': 'members',
  'org_id in (select * from my_orgs())': 'members',
  'org_id in (select o from my_orgs() as o)': 'members',
  'org_id = any (my_org_list())': 'members',
  'org_id = my_org()': 'members',
  'is_mine(owner_id)': 'owner',
  "is_mine('ann')": 'certain-users',
  'not is_mine(owner_id)': 'unknown',
  'by_number(org_id)': 'members',
  'is_member(org => org_id)': 'members',
  // The column hides the argument of the same name.
  'shadowed(org_id)': 'certain-users',
  'loud(org_id)': 'unknown',
  'built(org_id)': 'unknown',
  'found_member(org_id)': 'members',
  'org_there(org_id)': 'members',
  // Its owner sees every org.
  'org_there_definer(org_id)': 'row-decides',
  'forever()': 'unknown',
  "starts_with(state, 'x')": 'row-decides',
  "state in ('a', 'b')": 'row-decides',
};
