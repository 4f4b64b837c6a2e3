import { defineRule, knownRoles, knowsRole, replaceAt } from '../rule';

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
grant select on notes to authenticted;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { grantees } of model.grants) {
      for (const { name, at } of grantees) {
        if (knowsRole(model, name)) continue;
        const nearest = knownRoles(model).find(role => distance(role, name) <= 2);
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

/** Levenshtein distance: how many letters differ. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
