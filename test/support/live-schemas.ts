import { GUIDE_SQL } from './guide-sql';

/** Schemas in the ways that people write them, unqualified, so that both engines take them; each has a table `notes`. */
export const LIVE_SCHEMAS: Readonly<Record<string, string>> = {
  guide: GUIDE_SQL,
  'serial and identity': `create table logs (id bigserial primary key, at timestamptz(3) not null default current_timestamp);
alter table logs enable row level security;
create table notes (id int generated always as identity primary key, no smallserial, owner_id text not null default auth.uid(), size numeric(10, 2) default 0.50, price decimal default -1, twice int generated always as (2 * 21) stored);
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = (select auth.uid()));
grant select, insert on notes to authenticated;`,
  'enums, arrays and jsonb': `create type mood as enum ('calm', 'it''s loud');
create domain short as varchar(20) not null check (value <> '');
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, mood mood not null default 'calm', tags text[] not null default '{}', words varchar(30)[] default array['a', 'b']::varchar[], data jsonb default '{}'::jsonb, title short, since interval default '7 days', active boolean not null default true);
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid() and mood in ('calm', 'it''s loud') and active) with check (owner_id = auth.uid() and tags <> '{}');
grant select, insert, update, delete on notes to authenticated;`,
  'members and parents': `create table members (org_id text not null, user_sub varchar(80) not null, role text not null default 'member', primary key (org_id, user_sub));
alter table members enable row level security;
create policy me on members for select to authenticated using (user_sub = auth.uid());
grant select on members to authenticated;
create table orgs (id text primary key, name text not null unique);
alter table orgs enable row level security;
create policy orgs_read on orgs for select to authenticated using (id in (select org_id from members where user_sub = auth.uid()));
grant select on orgs to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), org_id text not null references orgs (id) on delete cascade, body text, check (char_length(body) between 1 and 900));
create index notes_org on notes (org_id) where body is not null;
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (exists (select * from members m where m.org_id = notes.org_id and m.user_sub = auth.uid() and m.role != 'guest'));
create policy notes_write on notes for insert to authenticated with check (exists (select 1 from members join orgs o on o.id = members.org_id where members.org_id = notes.org_id and user_sub = auth.uid()));
grant select, insert on notes to authenticated;`,
  'claims and operators': `create table notes (id int primary key, owner_id text not null, email text, state text, level int, due date, parent int);
alter table notes enable row level security;
create policy by_claim on notes for select to authenticated using (owner_id = current_setting('request.jwt.claims', true)::json ->> 'sub');
create policy by_mail on notes as restrictive for select to authenticated using (coalesce(email, '') = nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email', '') or level between 1 and 5 and not state like 'x%');
create policy by_state on notes for update to authenticated using (owner_id = auth.uid() and state not in ('done', 'gone') and level is not null) with check (owner_id = auth.uid() and case when level > 3 then state ilike '%open%' when state is null then true end);
create policy by_level on notes for delete to authenticated using (owner_id = auth.uid() and level in (1, 2, parent) and (due > now() - interval '30 days' or due is null) and owner_id is distinct from email);
grant select, update, delete on notes to authenticated;`,
  'views and functions': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text, archived boolean default false);
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid());
grant select, insert on notes to authenticated;
create view open_notes with (security_invoker = on) as select * from notes where not archived;
create view note_counts with (security_invoker = true, security_barrier) as select n.owner_id, count(*) as many from notes n group by n.owner_id having count(*) > 0;
create function is_mine(owner text, strict boolean default false) returns boolean language sql stable as $$ select owner = auth.uid() $$;
create function touch() returns trigger language plpgsql security definer set search_path from current as $$ begin new.owner_id := auth.uid(); return new; end $$;
revoke execute on function touch() from public;
create trigger stamp before insert on notes for each row execute function touch();
create procedure purge(days int) language sql as $$ delete from notes where archived $$;`,
  'column grants and revokes': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid(), title text, body text);
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid());
revoke all on notes from anon;
revoke insert, update, delete, truncate on notes from authenticated;
grant select on notes to authenticated;
grant insert (title, body), update (title) on notes to authenticated;`,
  'quoted names': `create table notes (id int primary key, "Owner" text not null, "order" int, "we""ird" text default 'a''b');
alter table notes enable row level security;
create policy "Own rows, please" on notes to authenticated using ("Owner" = auth.uid() and "order" > 0);
grant select on notes to authenticated;
comment on table notes is 'It''s the
notes table';`,
  partitions: `create table notes (id int not null, owner_id text not null, day date not null, primary key (id, day)) partition by range (day);
create table notes_2025 partition of notes for values from ('2025-01-01') to ('2026-01-01');
create table notes_rest partition of notes default;
alter table notes enable row level security; alter table notes_2025 enable row level security; alter table notes_rest enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  'force exemption': `create table notes (id int primary key, owner_id text not null);
comment on table notes is 'flux:no-force-rls counted by a nightly job';
alter table notes enable row level security;
create policy own on notes for select to authenticated using (owner_id = auth.uid());
create table later (id int primary key, note_id int references notes (id));
alter table later enable row level security;
alter table later add column if not exists owner_id text not null default auth.uid();
alter table later alter column owner_id drop default;
create policy own on later for select to authenticated using (owner_id = auth.uid() and note_id in (select id from notes));
grant select on notes, later to authenticated;`,
  'a sequence of its own': `create sequence ticket start 100;
revoke usage on sequence ticket from authenticated;
create table notes (id int primary key default nextval('ticket'), owner_id text not null, no text default 'T-' || nextval('ticket')::text, at time default localtime);
alter table notes enable row level security;
create policy own on notes for all to public using (auth.uid() = owner_id) with check ((auth.uid() = owner_id) is true);
grant all on notes to authenticated;`,
};
