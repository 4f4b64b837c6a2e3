/** The guide's table, policies and grants, unqualified, so that both engines take it. */
export const GUIDE_SQL = `create table if not exists notes (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null,
  body text not null,
  created_at timestamptz not null default now()
);
alter table notes enable row level security;
create policy notes_owner_read on notes for select using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert with check (owner_id = auth.uid());
create policy notes_owner_update on notes for update using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy notes_owner_delete on notes for delete using (owner_id = auth.uid());
grant select, insert, update, delete on table notes to authenticated;
`;
