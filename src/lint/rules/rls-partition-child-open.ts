import { addStatementAfter, defineRule, lastOf } from '../rule';

export default defineRule({
  id: 'rls-partition-child-open',
  title: 'Partition or child table without row-level security of its own',
  severity: 'error',
  fixable: true,
  sources: ['pgrls SEC041, SEC043'],
  docs: {
    what: 'A partition or an INHERITS child of a table can be asked by its own name, and its row-level security is off.',
    why:
      'The policies of the parent judge requests for the parent only. A request for the child by name reads every row on ' +
      'v2 shared, where SELECT is granted by the platform; on v1 dedicated the push is refused with 42501 while the request ' +
      'roles may write.',
    how: 'Enable row-level security on every child. Without policies of its own a child answers nothing by name, and the parent works as before.',
    falseAlarm: 'None known: a child that the request roles hold no privilege on is left alone.',
    bad: `create table notes (owner_id text not null, body text, year integer not null default 2026) partition by list (year);
create index on notes (owner_id);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create table notes_2026 partition of notes for values in (2026);`,
    good: `create table notes (owner_id text not null, body text, year integer not null default 2026) partition by list (year);
create index on notes (owner_id);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create table notes_2026 partition of notes for values in (2026);
alter table notes_2026 enable row level security;`,
  },

  check(model, report, files) {
    for (const table of model.tables.values()) {
      const [key] = table.parents;
      if (key === undefined || table.policies.length > 0 || !model.isOpen(table)) continue;
      if (model.mayBeDoneByCode(table, /enable\s+row\s+level\s+security/i)) continue;
      const parent = model.tables.get(key);
      const last = lastOf(
        [table.namedBy, table.switchedOff].flatMap(statement => statement ?? []),
        files,
      );
      const isRefused = model.engine === 'v1_dedicated' && model.isWritable(table);
      report({
        at: table.at,
        message: `Row-level security is off on ${table.name}, and that of ${parent?.name ?? 'its parent'} does not count when ${table.name} is asked by name: ${isRefused ? 'the push is refused (42501)' : 'every token reads every row'}.`,
        related: parent ? [{ at: parent.at, message: `${parent.name} is the parent` }] : [],
        ...(last && {
          fix: {
            title: `Enable row-level security on ${table.name}`,
            edits: [addStatementAfter(last, `alter table ${table.written} enable row level security`)],
          },
        }),
      });
    }
  },
});
