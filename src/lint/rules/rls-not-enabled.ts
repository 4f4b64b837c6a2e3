import { addStatementAfter, defineRule, TABLE_VERBS } from '../rule';

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
      'Partitions, copies made with LIKE and tables dropped and made again start with row-level security off, too. On v2 shared a ' +
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

  check(model, report) {
    for (const [key, table] of model.tables) {
      const { created, rowSecurity, policies, kind } = table;
      if (!created || kind !== 'table' || rowSecurity !== false || policies.length > 0) continue;
      if (!model.isExposedTable(table)) continue;
      // What only the platform opens, and only v2 to read, was not meant for requests at all.
      if (model.engine === 'v2_shared' && model.isUnclaimed(table)) continue;
      const reachable = model.requestRoles.some(role =>
        TABLE_VERBS.some(verb => model.privileges.origin(key, role, verb) !== undefined),
      );
      if (!reachable) continue;
      report({
        at: table.at,
        message:
          model.engine === 'v2_shared'
            ? `Row-level security is off on ${table.name}: every token of the project reads every row.`
            : `Row-level security is off on ${table.name}: the push is refused (42501) or everybody reads every row.`,
        fix: {
          title: `Enable row-level security on ${table.name}`,
          edits: [addStatementAfter(created, `alter table ${table.written} enable row level security`)],
        },
      });
    }
  },
});
