import { defineRule, knownRoles, knowsRole, nearestName, replaceAt } from '../rule';

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
    for (const { grantees } of model.grants) {
      for (const { name, at } of grantees) {
        if (knowsRole(model, name)) continue;
        const nearest = nearestName(name, knownRoles(model));
        report({
          at,
          message: `Role ${name} does not exist on ${model.engine}: the push fails with 42704.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
          ...(nearest !== undefined && {
            fix: { title: `Change to ${nearest}`, edits: [replaceAt(at, nearest)] },
          }),
        });
      }
    }
  },
});
