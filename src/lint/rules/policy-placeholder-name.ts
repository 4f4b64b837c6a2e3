import { defineRule } from '../rule';

export default defineRule({
  id: 'policy-placeholder-name',
  title: 'Policy name that says nothing',
  severity: 'hint',
  fixable: false,
  sources: ['pgrls HYG002'],
  docs: {
    what: 'A policy is called `policy1`, `test` or the like.',
    why: 'The name is what `pg_policies` shows, what ALTER and DROP POLICY need, and what PostgreSQL’s error tells when a restrictive policy refuses a row. One that says nothing hides what the policy was meant to allow, and so also that it allows something else.',
    how: 'Name table, who and verb: `notes_owner_read`.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy policy1 on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { name, at, table } of model.policies) {
      if (!PLACEHOLDER.test(name)) continue;
      report({
        at,
        message: `"${name}" does not say whom the policy of ${table.name} lets do what; ${table.name}_owner_read would.`,
      });
    }
  },
});

const PLACEHOLDER =
  /^(?:(?:my|new|the|a|some|test|example|sample|default|rls)[ _-]?)*(?:policy|policies|test|rls|temp|tmp|foo|bar|baz|asdf|qwerty|xxx+|example|sample|untitled|placeholder|name)(?:[ _-]?(?:name|policy|\d+))*$/i;
