import { defineRule, isAlwaysTrue, removePolicy, type Policy } from '../rule';

export default defineRule({
  id: 'policy-restrictive-true',
  title: 'Restrictive policy that restricts nothing',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC031'],
  docs: {
    what: 'A restrictive policy is true for every row, or has no clause at all.',
    why: 'A restrictive policy takes away what it is false for. This one is false for nothing: rows and requests are the same with and without it, although it reads like a safeguard.',
    how: 'Give it the condition that every row must meet, or delete it.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_floor on notes as restrictive to authenticated using (true);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const policy of model.policies) {
      if (policy.permissive || !isNoOp(policy)) continue;
      const clause = policy.using ?? policy.check;
      const edits = removePolicy(policy, model, files);
      report({
        at: clause?.at ?? policy.at,
        message: `${policy.name} is restrictive and ${clause ? 'always true' : 'has no clause'}: it takes nothing away from anybody.`,
        ...(edits && { fix: { title: `Delete ${policy.name}`, edits } }),
      });
    }
  },
});

/** Every clause that PostgreSQL runs is true; a missing one of a restrictive policy restricts nothing. */
function isNoOp({ using, check, table }: Policy): boolean {
  const notNull = (column: string): boolean => table.columns.get(column)?.notNull ?? false;
  return [using, check].every(predicate => {
    const truth = predicate?.truth({ notNull });
    // `x = x` keeps rows with NULL out.
    return !truth || (isAlwaysTrue(truth) && !truth.canBeNull);
  });
}
