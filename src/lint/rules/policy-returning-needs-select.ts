import { defineRule, readPolicyLike } from '../rule';

export default defineRule({
  id: 'policy-returning-needs-select',
  title: 'INSERT policy without a SELECT policy',
  severity: 'warning',
  fixable: true,
  sources: [],
  docs: {
    what: 'A table has a policy for INSERT and none for SELECT, UPDATE or DELETE.',
    why:
      'A row that is returned has to pass the SELECT policies. With `Prefer: return=representation`, or `.select()` after ' +
      '`.insert()`, every insert answers 403 with code 42501 and "new row violates row-level security policy", although the ' +
      'INSERT policy lets it in; the row is not stored. So does an upsert. With `return=minimal` it answers 201.',
    how: 'Add a SELECT policy; or `for select using (false)`, which says that nobody reads, and send `return=minimal`.',
    falseAlarm:
      'A drop box whose rows no client reads. Where a policy for UPDATE or DELETE lacks its SELECT policy, policy-write-needs-select says so instead.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.tables.values()) {
      if (!table.created || table.rowSecurity !== true || table.policies.length === 0) continue;
      for (const role of model.requestRoles) {
        const [inserter] = model.permitting(table, 'insert', role);
        // Whatever a policy says of SELECT, it was thought of.
        const isThoughtOf = model.policiesFor(table, 'select').length > 0;
        const isWritten = (['update', 'delete'] as const).some(
          verb => model.permitting(table, verb, role).length > 0,
        );
        if (!inserter || isThoughtOf || isWritten) continue;
        const fix = readPolicyLike(inserter, inserter.check, files);
        report({
          at: inserter.at,
          message: `No policy lets ${role} select from ${table.name}: inserts that return the row (return=representation, .select()) answer 403, 42501 "new row violates row-level security policy".`,
          ...(fix && { fix }),
        });
        break;
      }
    }
  },
});
