import {
  addStatementAfter,
  defineRule,
  lastOf,
  relationKey,
  type SchemaModel,
  type Table,
  isUnclaimed,
} from '../rule';

export default defineRule({
  id: 'rls-not-enabled',
  title: 'Exposed table without row-level security',
  severity: 'error',
  fixable: true,
  sources: [
    'splinter 0013_rls_disabled_in_public',
    'pgrls SEC001',
    'rls-doctor rls-disabled-exposed',
    'safegres A1',
  ],
  docs: {
    what: 'A table of the API schema ends the push with row-level security off, and requests may reach it.',
    why:
      'On v2 shared the platform grants SELECT on every new table, so each token of the project reads every row. On v1 ' +
      'dedicated the push is refused with 42501 while the request roles may write, and where they may only read, everybody reads everything. ' +
      'Copies made with LIKE and tables dropped and made again start with row-level security off, too. On v2 shared a ' +
      'table that no file grants, and whose rows belong to nobody, is left to grant-private-table-readable; one with policies to rls-policy-without-rls.',
    how: 'Add `alter table … enable row level security` and policies, or revoke every privilege of the request roles.',
    falseAlarm:
      'Reference data that everybody may read. Say so with row-level security on and `for select using (true)`.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.tables.values()) {
      // Policies and parents make it rls-policy-without-rls and rls-partition-child-open.
      if (table.policies.length > 0 || table.parents.length > 0 || !model.isOpen(table)) continue;
      if (model.mayBeDoneByCode(table, ENABLING)) continue;
      // What only the platform opens, and only v2 to read, was not meant for requests at all.
      if (model.engine === 'v2_shared' && isUnclaimed(model, table)) continue;
      const { name, written, switchedOff } = table;
      const last = lastOf(
        [table.namedBy, switchedOff].flatMap(statement => statement ?? []),
        files,
      );
      const isRefused = model.engine === 'v1_dedicated' && model.isWritable(table);
      report({
        at: table.at,
        message: isRefused
          ? `Row-level security is off on ${name} and the request roles may write: the push is refused (42501).`
          : `Row-level security is off on ${name}: every token of the project reads every row.`,
        related: [
          ...(switchedOff ? [{ at: switchedOff.at, message: 'It is switched off here' }] : []),
          ...droppedWithIts(model, table),
        ],
        ...(last && {
          fix: {
            title: `Enable row-level security on ${name}`,
            edits: [addStatementAfter(last, `alter table ${written} enable row level security`)],
          },
        }),
      });
    }
  },
});

const ENABLING = /enable\s+row\s+level\s+security/i;

/** Where an earlier table of the name was dropped, and its row security with it. */
function droppedWithIts(
  { history }: SchemaModel,
  { schema, name }: Table,
): { readonly at: Table['at']; readonly message: string }[] {
  const key = relationKey(schema, name);
  return history.flatMap(entry => {
    if (entry.kind !== 'table-dropped' || !entry.table.rowSecurity) return [];
    if (relationKey(entry.table.schema, entry.table.name) !== key) return [];
    return [{ at: entry.statement.at, message: `The ${name} that had row-level security is dropped here` }];
  });
}
