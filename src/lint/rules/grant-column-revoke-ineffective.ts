import {
  ANON,
  defineRule,
  grantsOn,
  inSql,
  lastOf,
  PUBLIC,
  replaceAt,
  type Fix,
  type GrantStatement,
  type NamedPrivilege,
  type SchemaModel,
  type SourceFile,
} from '../rule';

export default defineRule({
  id: 'grant-column-revoke-ineffective',
  title: 'REVOKE of a column that takes nothing',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A REVOKE names columns, and the role holds the privilege on the whole table.',
    why:
      'A privilege on the table covers all of its columns; taking it from one of them succeeds and changes nothing, so the ' +
      'column can still be read or written. The platform grants the whole table by itself: SELECT on v2 shared, everything on v1 dedicated.',
    how: 'Revoke the privilege on the table, then grant it on the columns that remain.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, secret text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
revoke select (secret) on notes from authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, secret text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
revoke select on notes from authenticated;
grant select (id, owner_id) on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const grant of model.grants) {
      if (grant.isGrant || grant.grantOption || grant.target !== 'table') continue;
      for (const privilege of grant.privileges.filter(({ columns }) => columns.length > 0)) {
        for (const key of grant.objects) {
          const holder = holderOf(model, grant, privilege, key);
          const name = model.tables.get(key)?.name ?? model.views.get(key)?.name;
          if (holder === undefined || name === undefined) continue;
          const columns = privilege.columns.join(', ');
          const fix = mend(model, grant, privilege, key, files);
          report({
            at: privilege.at,
            message: `${holder} keeps ${privilege.name.toUpperCase()} on all of ${name}, ${columns} included: it is held on the whole table, and a REVOKE of columns takes nothing from that.`,
            ...(fix && { fix }),
          });
        }
      }
    }
  },
});

/** A role that the statement names and that holds the privilege on the whole table all the same. */
function holderOf(
  model: SchemaModel,
  { grantees }: GrantStatement,
  { name }: NamedPrivilege,
  key: string,
): string | undefined {
  const verbs = name === 'all' ? ['select', 'insert', 'update'] : [name];
  const roles = grantees.flatMap(role =>
    role.name === PUBLIC ? [...model.requestRoles, PUBLIC] : [model.requestRoleNamed(role.name)],
  );
  return roles.find(
    role =>
      // The gateway of v2 lets no request run as anon.
      (role !== ANON || model.requestRoles.includes(ANON)) &&
      verbs.some(verb => model.privileges.wholeOrigin(key, role, verb) !== undefined),
  );
}

/** Takes the table and gives the other columns, where the statement is about nothing else and has the last word. */
function mend(
  model: SchemaModel,
  { statement, privileges, objects, grantees }: GrantStatement,
  { name, columns }: NamedPrivilege,
  key: string,
  files: readonly SourceFile[],
): Fix | undefined {
  const table = model.tables.get(key);
  const rest = [...(table?.columns.keys() ?? [])].filter(column => !columns.includes(column)).map(inSql);
  const isPlain = privileges.length === 1 && objects.length === 1 && name !== 'all' && rest.length > 0;
  const isLast = lastOf(grantsOn(model, key), files) === statement;
  const viaPublic = model.privileges.wholeOrigin(key, PUBLIC, name) !== undefined;
  if (!table || !isPlain || !isLast || viaPublic || grantees.some(role => role.name === PUBLIC))
    return undefined;
  const roles = grantees.map(({ at }) => statement.textOf(at)).join(', ');
  const sql = `revoke ${name} on ${table.written} from ${roles};\ngrant ${name} (${rest.join(', ')}) on ${table.written} to ${roles}`;
  return { title: `Leave ${roles} the other columns`, edits: [replaceAt(statement.at, sql)] };
}
