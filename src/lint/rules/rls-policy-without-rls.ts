import { addStatementAfter, defineRule, lastOf } from '../rule';

export default defineRule({
  id: 'rls-policy-without-rls',
  title: 'Policies on a table whose row-level security is off',
  severity: 'error',
  fixable: true,
  sources: [
    'splinter 0007_policy_exists_rls_disabled',
    'pgrls SEC032',
    'rls-probe POLICY-NO-RLS',
    'rlsautotest L008',
  ],
  docs: {
    what: 'The table has policies, but row-level security is never enabled on it, or is disabled again.',
    why: 'PostgreSQL keeps the policies and does not run them: whoever holds the privilege reads and writes every row. On v1 dedicated the push is refused with 42501 instead.',
    how: 'Add `alter table … enable row level security`.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.tables.values()) {
      const [policy] = table.policies;
      if (table.rowSecurity !== false || !policy) continue;
      if (model.mayBeDoneByCode(table, /enable\s+row\s+level\s+security/i)) continue;
      const { namedBy, switchedOff } = table;
      const said = [namedBy, switchedOff].flatMap(statement => statement ?? []);
      const after = lastOf(said, files) ?? policy.statement;
      report({
        at: policy.at,
        message: `Row-level security is off on ${table.name}, so its ${table.policies.length === 1 ? 'policy does' : 'policies do'} nothing: every row is open to whoever holds the privilege.`,
        related: [
          switchedOff
            ? { at: switchedOff.at, message: 'It is switched off here' }
            : { at: table.at, message: `${table.name} is made here` },
        ],
        fix: {
          title: `Enable row-level security on ${table.name}`,
          edits: [addStatementAfter(after, `alter table ${table.written} enable row level security`)],
        },
      });
    }
  },
});
