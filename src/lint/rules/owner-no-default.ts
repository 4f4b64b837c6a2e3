import { defineRule, insertAt, type Column, type SchemaModel, type Table } from '../rule';

export default defineRule({
  id: 'owner-no-default',
  title: 'Owner column without a default',
  severity: 'hint',
  fixable: true,
  sources: [],
  docs: {
    what: 'Rows may be inserted, and the owner column has no `default auth.uid()`.',
    why:
      'Every client must then send its own user id. An insert without it answers 403 with 42501 "new row violates row-level ' +
      'security policy": the policy compares NULL with the subject, and is asked before NOT NULL is. With the default the ' +
      'column can be left out.',
    how: 'Add `default auth.uid()`; the policy still refuses any other owner that a client sends.',
    falseAlarm: 'Clients that always send the owner, or a trigger made elsewhere that fills it in.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner on notes for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null default auth.uid(), body text);
alter table notes enable row level security;
create policy notes_owner on notes for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.exposedTables) {
      if (isFilledByTrigger(model, table)) continue;
      for (const column of table.columns.values()) {
        if (column.default || column.generated || !TEXT.has(column.type)) continue;
        if (!isAskedOnInsert(model, table, column)) continue;
        report({
          at: column.at,
          message: `${column.name} has no default: every insert into ${table.name} must send the user's own id. "default auth.uid()" fills it in.`,
          fix: {
            title: `Default ${column.name} to auth.uid()`,
            edits: [insertAt(column.constraintsAt.file, column.constraintsAt.end, ' default auth.uid()')],
          },
        });
      }
    }
  },
});

const TEXT: ReadonlySet<string> = new Set(['text', 'varchar']);

function isAskedOnInsert(model: SchemaModel, table: Table, { name }: Column): boolean {
  return model
    .policiesFor(table, 'insert')
    .some(({ permissive, check, using }) => permissive && (check ?? using)?.tiesOwner(name));
}

function isFilledByTrigger(model: SchemaModel, { schema, name }: Table): boolean {
  const key = model.keyOf(name, schema);
  return model.triggers.some(({ table, before, events }) => table === key && before && events.has('insert'));
}
