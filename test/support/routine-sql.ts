/** Tables, policies and functions that cases of views and routines begin with. */
export const NOTES = `create table notes (id uuid primary key, owner_id text not null, body text);
alter table notes enable row level security;
`;
export const OWN = 'create policy own on notes to authenticated using (owner_id = auth.uid());\n';
export const FOR_ALL_ROLES = 'create policy own on notes using (owner_id = auth.uid());\n';
export const EXEMPT = "comment on table notes is 'flux:no-force-rls: read by f';\n";
export const READS = 'select * from notes';

export function routine(
  body: string,
  options = 'security definer set search_path from current',
  name = 'f()',
): string {
  return `create function ${name} returns setof notes language sql ${options} as $$ ${body} $$;\n`;
}
