import { circularReads, defineRule } from '../rule';

export default defineRule({
  id: 'policy-recursion',
  title: 'Policy that reads its own table',
  severity: 'error',
  fixable: false,
  sources: ['rlsautotest L006'],
  docs: {
    what: 'To judge a row, a policy reads its own table, directly or by way of other tables’ policies.',
    why:
      'Reading the table asks for the policy again, and so on: PostgreSQL refuses every request with 42P17 "infinite recursion ' +
      'detected in policy", which PostgREST answers with status 500 (400 up to 12.0). Inside a function it goes on until 54001 "stack depth limit exceeded".',
    how:
      'Compare columns of the row itself, or keep the membership in a table of its own whose policies need no other one. A ' +
      'SECURITY DEFINER function does not help on v2 shared: see `policy-definer-helper-forced`.',
    falseAlarm:
      'None is known. A policy for INSERT, UPDATE or DELETE may read its own table as long as the SELECT policies of that table ' +
      'hold no subquery, not even `(select auth.uid())`; it is not reported then.',
    bad: `create table members (org_id text not null, user_sub text not null, primary key (org_id, user_sub));
alter table members enable row level security;
create policy members_read on members for select to authenticated
  using (org_id in (select m.org_id from members m where m.user_sub = auth.uid()));
grant select on members to authenticated;`,
    good: `create table members (org_id text not null, user_sub text not null, primary key (org_id, user_sub));
alter table members enable row level security;
create policy members_read on members for select to authenticated using (user_sub = auth.uid());
grant select on members to authenticated;`,
  },

  check(model, report) {
    for (const { reads, isWrite } of circularReads(model)) {
      const [closing, ...others] = reads;
      if (!closing) continue;
      const { policy, predicate, node } = closing;
      const { name } = policy.table;
      const way = others.map(other => other.policy.table.name).join(', ');
      const symptom = reads.some(({ isCalled }) => isCalled)
        ? '54001 "stack depth limit exceeded"'
        : `42P17 "infinite recursion detected in policy for relation ${name}"`;
      report({
        at: predicate.spanOf(node),
        message: isWrite
          ? `${policy.name} reads ${name} itself, whose SELECT policies hold a subquery, and be it (select auth.uid()): requests answer ${symptom}.`
          : `To judge a row of ${name}, ${policy.name} reads ${way === '' ? name : `${way}, and by way of that ${name}`} again: requests answer ${symptom}.`,
        related: others.map(other => ({ at: other.policy.at, message: `${other.policy.name} leads back` })),
      });
    }
  },
});
