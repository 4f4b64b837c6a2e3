import { addStatementAfter, defineRule, inSql, lastOf, type SchemaModel, type Table } from '../rule';

export default defineRule({
  id: 'owner-no-index',
  title: 'Owner column without an index',
  severity: 'info',
  fixable: true,
  sources: ['pgrls PERF003', 'splinter 0001_unindexed_foreign_keys'],
  docs: {
    what: 'Policies select rows by the owner column, and no index starts with it.',
    why:
      'PostgreSQL adds the policy to every request, so each one reads the whole table (a sequential scan) to find one ' +
      'user’s rows. v2 shared ends statements after 15 seconds: the request then answers 500 with 57014.',
    how: 'Create an index on the owner column. A push is one transaction, so leave CONCURRENTLY out.',
    falseAlarm: 'A table that stays small.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
create index notes_owner_id on notes (owner_id);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.exposedTables) {
      if (table.kind !== 'table') continue;
      for (const name of columnsLookedUp(table)) {
        const column = table.columns.get(name);
        if (!column || isIndexed(model, table, name)) continue;
        const last = lastOf([table.namedBy ?? column.statement, column.statement], files) ?? column.statement;
        report({
          at: column.at,
          message: `No index starts with ${name}: every request reads all of ${table.name} to find one user's rows.`,
          fix: {
            title: `Create an index on ${table.name} (${name})`,
            edits: [addStatementAfter(last, `create index on ${table.written} (${inSql(name)})`)],
          },
        });
      }
    }
  },
});

/** Columns by which a USING finds the caller's rows; WITH CHECK looks at rows that are at hand. */
function columnsLookedUp({ policies }: Table): Set<string> {
  return new Set(
    policies
      .flatMap(({ using }) => using?.subjectComparisons ?? [])
      .filter(({ operator, columnIsCast }) => operator === '=' && !columnIsCast)
      .map(({ column }) => column),
  );
}

/** Keys are indexes, too, and a partition has those of the table it is a part of. */
function isIndexed(model: SchemaModel, table: Table, column: string): boolean {
  return (
    [...table.uniqueKeys, ...table.indexes].some(({ columns }) => columns[0] === column) ||
    table.parents.some(key => {
      const parent = model.tables.get(key);
      return parent?.partitioned === true && isIndexed(model, parent, column);
    })
  );
}
