import { defineRule, type SchemaModel, type Span } from '../rule';

export default defineRule({
  id: 'grant-column-subset',
  title: 'SELECT on some columns only',
  severity: 'info',
  fixable: false,
  sources: [],
  docs: {
    what: 'A role may select some columns of a table and not others.',
    why:
      'A request that names no columns asks for all of them and answers 403 with code 42501 and "permission denied for table"; ' +
      'so does `return=representation`, and a filter by a column that was not granted. `?select=id,body` works.',
    how: 'Name the columns in every request, or grant SELECT on the table and keep the other columns in a table of their own.',
    falseAlarm: 'Meant to be so, and every request names its columns.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, secret text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
revoke select on notes from authenticated;
grant select (id, owner_id) on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, secret text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const [key, { name, columns, at }] of model.tables) {
      for (const role of model.requestRoles) {
        if (model.privileges.wholeOrigin(key, role, 'select') !== undefined) continue;
        const granted = model.privileges.columnsOf(key, role, 'select');
        const missing = [...columns.keys()].filter(column => !granted.has(column));
        const place = granted.size > 0 ? lastGrant(model, key) : undefined;
        if (!place || missing.length === 0) continue;
        report({
          at: place,
          message: `${role} may not select ${missing.join(', ')} of ${name}: requests for all columns answer 403, 42501; they have to name theirs.`,
          related: [{ at, message: `Columns of ${name}` }],
        });
      }
    }
  },
});

/** The last GRANT of SELECT on columns. */
function lastGrant(model: SchemaModel, key: string): Span | undefined {
  return model.grants
    .filter(({ isGrant, objects }) => isGrant && objects.includes(key))
    .flatMap(({ privileges }) => privileges)
    .findLast(({ name, columns }) => columns.length > 0 && (name === 'select' || name === 'all'))?.at;
}
