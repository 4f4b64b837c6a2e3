import { defineRule, openingOf } from '../rule';

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
      'reads every row, with INSERT rows can be made in another user’s name, with UPDATE or DELETE every row can be changed. A policy that is too ' +
      'wide has one finding: this rule goes before `policy-any-authenticated`, then come `policy-check-weaker`, ' +
      '`policy-insert-unchecked-owner`, and last `policy-widened` beside an owner policy or `policy-no-subject` without one.',
    how: 'Compare the owner column with the subject: `owner_id = auth.uid()`.',
    falseAlarm:
      'Reference data that everybody may read; for a table without an owner a SELECT policy is therefore only information. ' +
      'Restrictive policies that take the rows away again, and policies for roles that no request runs as, are taken into ' +
      'account. A WITH CHECK that is always true beside a USING that is right is `policy-check-weaker`.',
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
      const opening = openingOf(policy, model);
      if (opening?.kind !== 'always-true') continue;
      const { table, name, verb } = policy;
      report({
        at: opening.clause.at,
        severity: opening.severity,
        message:
          opening.severity === 'info'
            ? `Every signed-in user reads every row of ${table.name}. Fine for reference data.`
            : `Always true: ${name} opens every row of ${table.name} for ${verb.toUpperCase()}, whatever the other policies say.`,
      });
    }
  },
});
