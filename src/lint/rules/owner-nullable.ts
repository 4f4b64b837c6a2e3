import { conditionOf, defineRule, insertAt, requires, textsOf, type Table } from '../rule';

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
        if (column.notNull || column.generated || isChecked(table, column.name)) continue;
        const { file, end } = column.constraintsAt;
        const next = column.statement.tokens.find(({ start }) => start >= end);
        report({
          at: column.at,
          message: `${column.name} may be NULL: a row of ${table.name} without an owner is nobody's, and no owner policy shows it.`,
          // DROP NOT NULL came after a definition that says it already.
          ...(next?.value !== 'not' && {
            fix: { title: `Make ${column.name} NOT NULL`, edits: [insertAt(file, end, ' not null')] },
          }),
        });
      }
    }
  },
});

/** CHECK (… is not null) says the same as NOT NULL. */
function isChecked({ checks }: Table, column: string): boolean {
  return checks.some(({ node }) =>
    requires(conditionOf(node), ({ node: part, negated }) => {
      if (!('NullTest' in part)) return false;
      const { arg, nulltesttype } = part.NullTest;
      const isColumn =
        arg !== undefined && 'ColumnRef' in arg && textsOf(arg.ColumnRef.fields).at(-1) === column;
      return isColumn && (nulltesttype === 'IS_NOT_NULL') !== negated;
    }),
  );
}
