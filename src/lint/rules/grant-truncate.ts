import {
  defineRule,
  isOnTables,
  privilegesAt,
  PUBLIC,
  replaceAt,
  stillGiven,
  TABLE_VERBS,
  withoutStatement,
  type GrantStatement,
  type SourceFile,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'grant-truncate',
  title: 'TRUNCATE for a request role',
  severity: { v1_dedicated: 'hint', v2_shared: 'error' },
  fixable: true,
  sources: ['rls-doctor reachable-truncate'],
  docs: {
    what: 'A GRANT gives TRUNCATE on a table, by name or with ALL, to a role that requests run as.',
    why:
      'TRUNCATE does not ask row-level security: whoever may do it empties the table of all users, for instance through a function ' +
      'that a request calls. On v1 dedicated the platform gives ALL by itself, so the GRANT adds nothing and the finding is a hint; REVOKE takes it away.',
    how: 'Grant the verbs that policies speak of: `select, insert, update, delete`.',
    falseAlarm: 'A table that any user may empty.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner on notes to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant all on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner on notes to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const grant of model.grants) {
      const privilege = grant.privileges.find(
        ({ name, columns }) => columns.length === 0 && (name === 'truncate' || name === 'all'),
      );
      if (!grant.isGrant || !privilege || !isOnTables(grant)) continue;
      const role = grant.grantees
        .map(({ name }) => model.requestRoleNamed(name))
        .find(name => name === PUBLIC || model.requestRoles.includes(name));
      if (role === undefined) continue;
      const tables = stillGiven(model, grant, role, 'truncate').flatMap(key => model.tables.get(key) ?? []);
      if (grant.target !== 'default' && tables.length === 0) continue;
      const on = grant.target === 'default' ? 'new tables' : tables.map(({ name }) => name).join(', ');
      report({
        at: privilege.at,
        message: `${privilege.name === 'all' ? 'ALL includes TRUNCATE' : 'TRUNCATE'}, which row-level security does not stop: ${role} may empty ${on} for everybody.`,
        fix: { title: 'Grant SELECT, INSERT, UPDATE and DELETE only', edits: [onlyVerbs(grant, files)] },
      });
    }
  },
});

/** ALL becomes the verbs that policies speak of; TRUNCATE leaves the list, and the last one takes the statement along. */
function onlyVerbs(grant: GrantStatement, files: readonly SourceFile[]): TextEdit {
  const { privileges, statement } = grant;
  const verbs = TABLE_VERBS.join(', ');
  const rest = privileges.flatMap(({ name, columns, at }) => {
    if (columns.length > 0 || (name !== 'all' && name !== 'truncate')) return statement.textOf(at);
    const isUpper = statement.textOf(at) === statement.textOf(at).toUpperCase();
    return name === 'truncate' ? [] : isUpper ? verbs.toUpperCase() : verbs;
  });
  return rest.length > 0
    ? replaceAt(privilegesAt(grant), rest.join(', '))
    : withoutStatement(statement, files);
}
