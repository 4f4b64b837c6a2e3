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
      'detected in policy", which PostgREST answers with status 500. Inside a function it goes on until 54001 "stack depth limit exceeded".',
    how:
      'Compare columns of the row itself, or keep the membership in a table of its own whose policies need no other one. A ' +
      'SECURITY DEFINER function does not help on v2 shared: see `policy-definer-helper-forced`.',
    falseAlarm:
      'None is known. Subqueries in policies for INSERT, UPDATE and DELETE are judged by the SELECT policies alone, and are not reported where those read nothing else.',
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
    for (const [closing, ...others] of circularReads(model)) {
      if (!closing) continue;
      const { policy, predicate, node, isCalled } = closing;
      const way = others.map(other => other.policy.table.name).join(', ');
      const symptom =
        isCalled || others.some(other => other.isCalled)
          ? 'until 54001 "stack depth limit exceeded"'
          : 'and requests answer 42P17 "infinite recursion detected in policy"';
      report({
        at: predicate.spanOf(node),
        message: `To judge a row of ${policy.table.name}, ${policy.name} reads ${policy.table.name}${way === '' ? '' : ` by way of ${way}`}, whose policies ask it again, ${symptom}.`,
        related: others.map(other => ({ at: other.policy.at, message: `${other.policy.name} leads back` })),
      });
    }
  },
});
