import { defineRule, type Table } from '../rule';

export default defineRule({
  id: 'table-no-primary-key',
  title: 'Exposed table without a primary key',
  severity: 'info',
  fixable: false,
  sources: ['splinter 0004_no_primary_key'],
  docs: {
    what: 'A table of the API schema that requests may insert into has no primary key.',
    why: 'PostgREST finds a single row by the primary key. Without one an upsert (`Prefer: resolution=merge-duplicates`) answers 201 and adds the row a second time, with `on_conflict` it answers 400 with 42P10, and PUT answers 405 with PGRST105.',
    how: 'Add `id uuid primary key default gen_random_uuid()`, or make the key of what identifies a row.',
    falseAlarm: 'A table whose rows are only ever added and read.',
    bad: `create table notes (id uuid not null default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner on notes to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner on notes to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;`,
  },

  check(model, report) {
    for (const [key, table] of model.tables) {
      if (table.kind !== 'table' || table.uniqueKeys.some(({ primary }) => primary) || mayHaveKey(table))
        continue;
      // Who cannot insert sends neither an upsert nor a PUT.
      const isWritten = model.requestRoles.some(
        role => model.privileges.origin(key, role, 'insert') !== undefined,
      );
      if (!isWritten || !model.isExposedTable(table)) continue;
      report({
        at: table.at,
        message: `${table.name} has no primary key: an upsert adds the row again instead of changing it, and PUT answers 405.`,
      });
    }
  },
});

/** A partition has its parent's key, and LIKE … INCLUDING INDEXES or ALL copies one. */
function mayHaveKey({ created, parents }: Table): boolean {
  if (!created || !('CreateStmt' in created.node)) return created === undefined;
  const { partbound, tableElts } = created.node.CreateStmt;
  if (partbound || (parents.length > 0 && !created.node.CreateStmt.inhRelations)) return true;
  if (!(tableElts ?? []).some(element => 'TableLikeClause' in element)) return false;
  return created.tokens.some(
    ({ kind, value }, index) =>
      kind === 'word' && /^(?:all|indexes)$/.test(value) && created.tokens[index - 1]?.value === 'including',
  );
}
