import {
  AUTHENTICATED,
  defineRule,
  knownRoles,
  knowsRole,
  nearestName,
  policyRolesIn,
  replaceAt,
  tenantOf,
} from '../rule';

export default defineRule({
  id: 'policy-unknown-role',
  title: 'Policy for a role that is not there',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'CREATE POLICY or ALTER POLICY names a role that the engine does not have and no file creates.',
    why: 'The push fails with 42704 "role … does not exist", and the whole file is rolled back. `service_role` exists on v1 dedicated only; it skips every policy there, so a policy for it does nothing.',
    how: 'Name `authenticated` (signed-in requests); a v2 push turns it into the project’s own role.',
    falseAlarm: 'On v1 dedicated, a role that was created by hand.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticted using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const statement of model.statements) {
      for (const { name, at } of policyRolesIn(statement)) {
        const tenant = tenantOf(name);
        // The role of another project, or of a project of the other engine, has a rule of its own.
        if (knowsRole(model, name) || tenant?.role === name) continue;
        const meant = tenant ? AUTHENTICATED : nearestName(name, knownRoles(model));
        report({
          at,
          message: `Role ${name} does not exist on ${model.engine}: the push fails with 42704.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
          ...(meant !== undefined && {
            fix: { title: `Change to ${meant}`, edits: [replaceAt(at, meant)] },
          }),
        });
      }
    }
  },
});
