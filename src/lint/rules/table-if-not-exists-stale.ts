import { addStatementAfter, defineRule, type Named, type Statement } from '../rule';

export default defineRule({
  id: 'table-if-not-exists-stale',
  title: 'CREATE TABLE IF NOT EXISTS that adds no columns',
  severity: 'warning',
  fixable: true,
  sources: [],
  docs: {
    what: 'CREATE TABLE IF NOT EXISTS lists columns that the table, made earlier in the push, does not have.',
    why: 'The table is there, so the whole statement is skipped with a notice. The new columns never come: indexes and policies on them fail with 42703, requests that read them answer 400 with 42703, and those that write them 400 with PGRST204.',
    how: 'Add them with `alter table … add column if not exists …`.',
    falseAlarm: 'None known.',
    bad: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_title.sql': `create table if not exists notes (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null,
  title text not null default ''
);`,
    },
    good: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_title.sql': `alter table notes add column if not exists title text not null default '';`,
    },
  },

  check(model, report) {
    for (const entry of model.history) {
      if (entry.kind !== 'table-kept') continue;
      const { table, statement } = entry;
      // Columns of a table that is copied from somewhere unknown, or made by a query, nobody can tell.
      if (table.columns.size === 0 || copiesUnknown(table.created)) continue;
      const lacking = entry.lacking.filter(({ name }) => !table.columns.has(name));
      const [first] = lacking;
      if (!first || model.tables.get(model.keyOf(table.name, table.schema)) !== table) continue;
      const names = lacking.map(({ name }) => name).join(', ');
      const added = lacking.map(column => `add column if not exists ${definitionOf(statement, column)}`);
      report({
        at: first.at,
        message: `${table.name} is there already, so this statement is skipped and ${names} ${lacking.length === 1 ? 'is' : 'are'} not added: using ${lacking.length === 1 ? 'it' : 'them'} fails with 42703.`,
        related: [{ at: table.at, message: `${table.name} is made here` }],
        fix: {
          title: `Add ${names} to ${table.name}`,
          edits: [addStatementAfter(statement, `alter table ${table.written} ${added.join(', ')}`)],
        },
      });
    }
  },
});

function copiesUnknown(created: Statement | undefined): boolean {
  if (!created || !('CreateStmt' in created.node)) return true;
  const { inhRelations, tableElts } = created.node.CreateStmt;
  return inhRelations !== undefined || (tableElts ?? []).some(element => 'TableLikeClause' in element);
}

/** A column as written, up to the comma or parenthesis after it. */
function definitionOf(statement: Statement, { at }: Named): string {
  const { tokens } = statement;
  const first = tokens.findIndex(({ start }) => start === at.start);
  let depth = 0;
  let last = first;
  for (let index = first; index < tokens.length; index += 1) {
    const { value } = tokens[index] ?? { value: '' };
    if (depth === 0 && (value === ',' || value === ')')) break;
    if (value === '(' || value === '[') depth += 1;
    if (value === ')' || value === ']') depth -= 1;
    last = index;
  }
  return statement.textOf(statement.tokenSpan(first, last));
}
