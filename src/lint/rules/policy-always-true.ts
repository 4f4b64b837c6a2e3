import { defineRule, isAlwaysTrue, type Policy, type Predicate, type SchemaModel, type Table } from '../rule';

export default defineRule({
  id: 'policy-always-true',
  title: 'Policy that lets everybody in',
  severity: 'error',
  fixable: false,
  sources: [
    'splinter 0024_rls_policy_always_true',
    'pgrls SEC008, SEC011, SEC020',
    'rlsautotest L001, L002',
    'rls-probe POLICY-ALWAYS-TRUE',
  ],
  docs: {
    what: 'A permissive policy is true for every row: `true`, `1 = 1`, `owner_id = owner_id`, `… or true`.',
    why:
      'Permissive policies add up, so this one opens the table for its verb whatever the others say: with SELECT every user ' +
      'reads every row, with INSERT rows can be made in another user’s name, with UPDATE or DELETE every row can be changed.',
    how: 'Compare the owner column with the subject: `owner_id = auth.uid()`.',
    falseAlarm:
      'Reference data that everybody may read; for a table without an owner a SELECT policy is therefore only information.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid() or true);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const { table, permissive } = policy;
      const open = permissive ? judged(policy).find(predicate => isOpen(predicate, table)) : undefined;
      if (!open || isFloored(policy)) continue;
      const isReference = policy.verb === 'select' && !isOwned(model, table);
      report({
        at: open.at,
        severity: isReference ? 'info' : 'error',
        message: isReference
          ? `Every signed-in user reads every row of ${table.name}. Fine for reference data.`
          : `Always true: ${policy.name} opens every row of ${table.name} for ${policy.verb.toUpperCase()}, whatever the other policies say.`,
      });
    }
  },
});

/** The predicates that PostgreSQL runs for the policy's verb. */
function judged({ verb, using, check }: Policy): Predicate[] {
  const taken =
    verb === 'insert' ? [check] : verb === 'select' || verb === 'delete' ? [using] : [using, check];
  return taken.flatMap(predicate => predicate ?? []);
}

function isOpen(predicate: Predicate, table: Table): boolean {
  return isAlwaysTrue(predicate.truth({ notNull: column => table.columns.get(column)?.notNull ?? false }));
}

/** A restrictive policy with a real predicate for the same verb takes away again what this one gives. */
function isFloored({ table, verb }: Policy): boolean {
  return table.policies.some(
    other =>
      !other.permissive &&
      (other.verb === 'all' || other.verb === verb) &&
      judged(other).some(predicate => predicate.mentionsSubject && !isOpen(predicate, table)),
  );
}

/** Has an owner column, or hangs on a table that has one. */
function isOwned(model: SchemaModel, table: Table): boolean {
  if (model.ownerColumns(table).length > 0) return true;
  return [...table.columns.values()].some(({ references }) => {
    const parent = references && model.tables.get(references.table);
    return parent !== undefined && parent !== table && model.ownerColumns(parent).length > 0;
  });
}
