import type { Template } from './template';

/** The guide's table with its policies and grants, written so that it can be pushed again. */
export const fluxRlsSql: Template = {
  path: 'flux-rls.sql',
  render: ({ schema }) => {
    const notes = schema === undefined ? 'notes' : `${schema}.notes`;
    const usage = schema === undefined ? '' : `grant usage on schema ${schema} to authenticated;\n`;
    return `-- Each subject sees and changes only its own notes.
-- Push it with: flux push ./flux-rls.sql   (it can be pushed again)

create table if not exists ${notes} (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null default auth.uid(),
  body text not null,
  created_at timestamptz not null default now()
);

create index if not exists notes_owner_id_idx on ${notes} (owner_id, created_at);

alter table ${notes} enable row level security;

drop policy if exists notes_owner_read on ${notes};
create policy notes_owner_read on ${notes}
  for select to authenticated
  using (owner_id = (select auth.uid()));

drop policy if exists notes_owner_insert on ${notes};
create policy notes_owner_insert on ${notes}
  for insert to authenticated
  with check (owner_id = (select auth.uid()));

drop policy if exists notes_owner_update on ${notes};
create policy notes_owner_update on ${notes}
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));

drop policy if exists notes_owner_delete on ${notes};
create policy notes_owner_delete on ${notes}
  for delete to authenticated
  using (owner_id = (select auth.uid()));

${usage}grant select, insert, update, delete on table ${notes} to authenticated;
`;
  },
};
