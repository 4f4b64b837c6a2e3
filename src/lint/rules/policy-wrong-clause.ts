import { defineRule, inCaseOf, removeAt, replaceAt, type Policy, type Predicate } from '../rule';

export default defineRule({
  id: 'policy-wrong-clause',
  title: 'Clause that the verb does not take',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'An INSERT policy has USING, or a SELECT or DELETE policy has WITH CHECK.',
    why: 'USING judges rows that are there, WITH CHECK rows that are about to be. PostgreSQL refuses the other one with 42601, and the push is rolled back.',
    how: 'INSERT takes WITH CHECK only, SELECT and DELETE take USING only; UPDATE and ALL take both.',
    falseAlarm: 'None: PostgreSQL refuses it.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated using (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report) {
    // A policy that is dropped later has to be made first.
    const dropped = model.history.flatMap(entry => (entry.kind === 'policy-dropped' ? entry.policy : []));
    for (const policy of [...model.policies, ...dropped]) {
      const [wrong, right] = clauses(policy);
      if (!wrong) continue;
      const verb = policy.verb.toUpperCase();
      const keyword = policy.verb === 'insert' ? 'with check' : 'using';
      report({
        at: wrong.keywordsAt,
        message:
          policy.verb === 'insert'
            ? `An INSERT policy takes WITH CHECK, not USING: the push fails with 42601 and applies nothing of the file.`
            : `A ${verb} policy takes USING, not WITH CHECK: the push fails with 42601 and applies nothing of the file.`,
        // An ALTER POLICY with the wrong clause alone means the right one.
        fix:
          right?.statement === wrong.statement
            ? {
                title: `Remove the clause ${verb} does not take`,
                edits: [removeAt(wrong.statement, wrong.clauseAt)],
              }
            : {
                title: `Change to ${keyword.toUpperCase()}`,
                edits: [replaceAt(wrong.keywordsAt, inCaseOf(wrong.statement, keyword))],
              },
      });
    }
  },
});

/** The clause that the verb does not take, and the one it does. */
function clauses({
  verb,
  using,
  check,
}: Policy): [wrong?: Predicate | undefined, right?: Predicate | undefined] {
  if (verb === 'insert') return [using, check];
  return verb === 'select' || verb === 'delete' ? [check, using] : [];
}
