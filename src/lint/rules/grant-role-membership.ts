import { defineRule, withoutStatement } from '../rule';

export default defineRule({
  id: 'grant-role-membership',
  title: 'Role granted to a role',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A file makes one role a member of another, or ends that: `grant authenticated to …`, `revoke … from authenticated`.',
    why:
      'Roles of a shared cluster belong to the platform. The role that pushes may hand none of them on, not even the project’s ' +
      'own: the push fails with 42501 "permission denied to grant role".',
    how: 'Delete the statement. `authenticated` in GRANT and CREATE POLICY already means the project’s own role; no bridge is needed.',
    falseAlarm:
      'On v1 dedicated the push is a superuser’s and may do this, so nothing is reported there. A file that was applied before must stay as it is.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
grant authenticated to anon;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const { statement, isGrant, groups } of model.memberships) {
      report({
        at: statement.at,
        message: `A v2 push may not ${isGrant ? 'grant' : 'revoke'} role ${groups.join(', ')}: it fails with 42501 "permission denied to ${isGrant ? 'grant' : 'revoke'} role".`,
        fix: { title: 'Remove the statement', edits: [withoutStatement(statement, files)] },
      });
    }
  },
});
