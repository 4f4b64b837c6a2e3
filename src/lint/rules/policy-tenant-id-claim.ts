import { defineRule, requestCode } from '../rule';

export default defineRule({
  id: 'policy-tenant-id-claim',
  title: 'Claim tenant_id is the project, not a tenant of the app',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: false,
  sources: [],
  docs: {
    what: 'The `tenant_id` claim is taken for the tenant of the app.',
    why:
      'On v2 shared the gateway writes `tenant_id` itself: the id of the Flux project, the same in every token. What the app ' +
      'put there is lost. Rows that carry it are visible to every user of the project.',
    how: 'Keep members and their tenants in a table keyed by the subject, and look the tenant up there.',
    falseAlarm: 'SQL that only ever runs on v1 dedicated, where the app’s own claim arrives.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, tenant_id text);
alter table notes enable row level security;
create policy notes_tenant_read on notes for select to authenticated
  using (tenant_id = current_setting('request.jwt.claims', true)::json ->> 'tenant_id');
grant select on notes to authenticated;`,
    good: `create table members (tenant_id text not null, member_sub text not null, primary key (tenant_id, member_sub));
alter table members enable row level security;
create policy members_own_read on members for select to authenticated using (member_sub = auth.uid());
grant select on members to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, tenant_id text);
alter table notes enable row level security;
create policy notes_tenant_read on notes for select to authenticated
  using (tenant_id in (select m.tenant_id from members m where m.member_sub = auth.uid()));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      for (const { path, key } of code.claims) {
        if (path[0] !== 'tenant_id') continue;
        report({
          at: code.spanOf(key),
          message: `On v2 the claim tenant_id is the id of the Flux project, the same for every user: ${code.name} does not tell tenants apart by it.`,
        });
      }
    }
  },
});
