import {
  AUTHENTICATED,
  defineRule,
  isOnTables,
  PUBLIC,
  replaceAt,
  stillGiven,
  withoutGrantee,
  type GrantStatement,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'grant-to-public',
  title: 'Table privileges for PUBLIC',
  severity: 'warning',
  fixable: true,
  sources: ['rls-doctor broad-default-table-privilege', 'pgrls SEC039, SEC044'],
  docs: {
    what: 'A GRANT or ALTER DEFAULT PRIVILEGES gives a privilege on tables to PUBLIC.',
    why:
      'PUBLIC is every role there is and every role to come: `anon`, on v1 dedicated also requests without a token, on v2 shared ' +
      'the roles of the other projects, which only the schema keeps out. A REVOKE from one of them takes nothing away. Only the policies stand between them and ' +
      'the rows; for writes the finding is an error.',
    how: 'Grant to `authenticated`.',
    falseAlarm: 'Data for everybody. Grant it to `anon` and `authenticated` by name.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to public;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const grant of model.grants) {
      const everybody = grant.grantees.find(({ name }) => name === PUBLIC);
      if (!grant.isGrant || !everybody || !isOnTables(grant)) continue;
      const given = givenAtEnd(model, grant);
      if (given.length === 0) continue;
      const isNamedToo = grant.grantees.some(({ name }) => model.requestRoleNamed(name) === AUTHENTICATED);
      report({
        at: everybody.at,
        severity: given.some(name => WRITES.has(name)) ? 'error' : 'warning',
        message: `PUBLIC is every role, anon included: ${given.join(', ').toUpperCase()} on ${grant.target === 'default' ? 'new tables' : namesOf(model, grant)} for all of them.`,
        fix: {
          title: isNamedToo ? 'Remove PUBLIC' : 'Change to authenticated',
          edits: [
            isNamedToo ? withoutGrantee(grant, everybody, files) : replaceAt(everybody.at, AUTHENTICATED),
          ],
        },
      });
    }
  },
});

const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'truncate', 'all']);

/** Privileges of the GRANT that no later statement takes back. */
function givenAtEnd(model: SchemaModel, grant: GrantStatement): string[] {
  const names = grant.privileges.map(({ name }) => name);
  if (grant.target === 'default') return names;
  return names.filter(name =>
    (name === 'all' ? ['select', ...WRITES] : [name]).some(
      privilege => stillGiven(model, grant, PUBLIC, privilege).length > 0,
    ),
  );
}

function namesOf(model: SchemaModel, { objects }: GrantStatement): string {
  return objects.flatMap(key => model.tables.get(key)?.name ?? key.split('.').at(-1) ?? []).join(', ');
}
