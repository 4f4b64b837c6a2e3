import { defineRule, insertAt } from '../rule';

export default defineRule({
  id: 'owner-nullable',
  title: 'Owner column that may be NULL',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC030'],
  docs: {
    what: 'The owner column has no NOT NULL.',
    why: 'A row whose owner is NULL belongs to nobody: `owner_id = auth.uid()` is never true for it, so no user sees it, changes it or deletes it. Seeds and server-side jobs make such rows in silence.',
    how: 'Add `not null`, and `default auth.uid()` if the client should not have to send it.',
    falseAlarm: 'Rows without an owner are wanted, for instance shared templates.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.exposedTables) {
      for (const column of model.ownerColumns(table)) {
        if (column.notNull || column.generated) continue;
        const { file, end } = column.constraintsAt;
        report({
          at: column.at,
          message: `${column.name} may be NULL: a row without an owner is invisible to every user of ${table.name}.`,
          fix: { title: `Make ${column.name} NOT NULL`, edits: [insertAt(file, end, ' not null')] },
        });
      }
    }
  },
});
