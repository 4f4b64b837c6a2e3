export const TABLES = `create table notes (
  id uuid primary key default gen_random_uuid(), owner_id text not null, org_id text, level int, doc jsonb, state text, email text
);
alter table notes enable row level security;
create table members (org_id text not null, member_sub text not null, role text, primary key (org_id, member_sub));
alter table members enable row level security;
`;
export const CLAIMS = "current_setting('request.jwt.claims', true)::json";
export const CLAIMSB = "current_setting('request.jwt.claims', true)::jsonb";

export function policy(predicate: string): string {
  return `${TABLES}create policy p on notes for select to authenticated using (${predicate});`;
}
