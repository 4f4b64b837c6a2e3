import { addStatementAfter, defineRule, lastOf } from '../rule';

export default defineRule({
  id: 'rls-partition-root-not-forced',
  title: 'Partitioned table that the push does not force',
  severity: { v1_dedicated: 'off', v2_shared: 'info' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A partitioned table has row-level security and no FORCE of its own.',
    why:
      'A v2 push forces row-level security on plain tables and skips partitioned ones. What runs as their owner, such as ' +
      'views without `security_invoker` and SECURITY DEFINER functions, reads every row through the partitioned table.',
    how: 'Add `alter table … force row level security`.',
    falseAlarm: 'Owner-run code that is meant to see every row.',
    bad: `create table notes (owner_id text not null, body text, year integer not null default 2026) partition by list (year);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create table notes_2026 partition of notes for values in (2026);
alter table notes_2026 enable row level security;`,
    good: `create table notes (owner_id text not null, body text, year integer not null default 2026) partition by list (year);
alter table notes enable row level security;
alter table notes force row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create table notes_2026 partition of notes for values in (2026);
alter table notes_2026 enable row level security;`,
  },

  check(model, report, files) {
    for (const table of model.exposedTables) {
      const { partitioned, rowSecurity, name, written } = table;
      if (!partitioned || rowSecurity !== true || table.forced !== undefined) continue;
      const said = model.history.flatMap(entry =>
        entry.kind === 'row-security-enabled' && entry.table === table ? [entry.statement] : [],
      );
      const last = lastOf(
        [table.namedBy, ...said].flatMap(statement => statement ?? []),
        files,
      );
      report({
        at: table.at,
        message: `${name} is partitioned, and the push forces row-level security on plain tables only: what runs as its owner reads every row.`,
        ...(last && {
          fix: {
            title: `Force row-level security on ${name}`,
            edits: [addStatementAfter(last, `alter table ${written} force row level security`)],
          },
        }),
      });
    }
  },
});
