import { AUTHENTICATED, defineRule, knownRoles, knowsRole, nearestName, replaceAt, tenantOf } from '../rule';

export default defineRule({
  id: 'grant-unknown-role',
  title: 'GRANT to a role that is not there',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A GRANT, REVOKE or ALTER DEFAULT PRIVILEGES names a role that the engine does not have and no file creates.',
    why: 'The push fails with 42704 "role … does not exist", and the whole file is rolled back. `service_role` exists on v1 dedicated only.',
    how: 'Name `authenticated` (signed-in requests), or delete the statement.',
    falseAlarm: 'On v1 dedicated, a role that was created by hand.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticted;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    // v2 refuses every membership, whoever it is about: grant-role-membership.
    const members =
      model.engine === 'v2_shared' ? [] : model.memberships.map(({ members: grantees }) => grantees);
    for (const { name, at } of [...model.grants.map(({ grantees }) => grantees), ...members].flat()) {
      if (knowsRole(model, name)) continue;
      // `t_<hex>_api` is a schema, and v1 has no `t_<hex>_role`: both mean whoever is signed in.
      const nearest = tenantOf(name) ? AUTHENTICATED : nearestName(name, knownRoles(model));
      report({
        at,
        message: `Role ${name} does not exist on ${model.engine}: the push fails with 42704.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
        ...(nearest !== undefined && {
          fix: { title: `Change to ${nearest}`, edits: [replaceAt(at, nearest)] },
        }),
      });
    }
  },
});
