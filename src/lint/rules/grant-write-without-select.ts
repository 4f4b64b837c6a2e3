import {
  addStatementAfter,
  defineRule,
  grantsOn,
  lastOf,
  relationKey,
  type SchemaModel,
  type Span,
  type Table,
} from '../rule';

export default defineRule({
  id: 'grant-write-without-select',
  title: 'UPDATE or DELETE without SELECT',
  severity: 'warning',
  fixable: true,
  sources: [],
  docs: {
    what: 'A role may update or delete rows of a table that it may not select from.',
    why:
      'PostgREST changes rows by a filter, and PostgreSQL asks for SELECT on every column that a filter or RETURNING names: ' +
      '`PATCH /notes?id=eq.1` answers 403 with code 42501 and "permission denied for table". Only a request without any filter ' +
      'and with `return=minimal` gets through, and it changes every row that the policies let it. Where a SELECT policy waits ' +
      'for the grant, grant-missing-table reports it instead.',
    how: 'Grant SELECT as well, at least on the columns that requests filter by; policies decide which rows that means.',
    falseAlarm: 'All changes go through functions.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
revoke select on notes from authenticated;
grant update on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
grant select, update on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const [key, table] of model.tables) {
      const { created } = table;
      // Without row-level security SELECT would open every row, and rls-not-enabled speaks.
      if (!created || table.rowSecurity !== true) continue;
      for (const role of model.requestRoles) {
        if (model.privileges.origin(key, role, 'select') !== undefined) continue;
        const verbs = (['update', 'delete'] as const).filter(
          verb =>
            model.privileges.origin(key, role, verb) !== undefined &&
            model.permitting(table, verb, role).length > 0,
        );
        if (verbs.length === 0 || model.permitting(table, 'select', role).length > 0) continue;
        const last = lastOf([created, ...grantsOn(model, key)], files) ?? created;
        const words = verbs.join(' and ').toUpperCase();
        report({
          at: placeOf(model, table, role, verbs) ?? table.at,
          message: `${role} has ${words} on ${table.name} and no SELECT: requests that filter by a column answer 403, 42501 "permission denied for table ${table.name}".`,
          related: [{ at: table.at, message: `${table.name} is made here` }],
          fix: {
            title: `Grant SELECT on ${table.name} to ${role}`,
            edits: [addStatementAfter(last, `grant select on ${table.written} to ${role}`)],
          },
        });
      }
    }
  },
});

/** Where the verb is granted; where the platform grants it, where SELECT is taken. */
function placeOf(model: SchemaModel, table: Table, role: string, verbs: readonly string[]): Span | undefined {
  const key = relationKey(table.schema, table.name);
  const on = model.grants.filter(
    ({ objects, grantees }) =>
      objects.includes(key) &&
      grantees.some(({ name }) => name === 'public' || model.requestRoleNamed(name) === role),
  );
  const find = (isGrant: boolean, names: readonly string[]): Span | undefined =>
    on
      .filter(grant => grant.isGrant === isGrant)
      .flatMap(({ privileges }) => privileges)
      .findLast(({ name }) => name === 'all' || names.includes(name))?.at;
  return find(true, verbs) ?? find(false, ['select']);
}
