import { defineRule, openingOf } from '../rule';

export default defineRule({
  id: 'policy-widened',
  title: 'Policy that widens the owner policy beside it',
  severity: 'warning',
  fixable: false,
  sources: ['rls-doctor multiple-permissive-policies', 'splinter 0006_multiple_permissive_policies'],
  docs: {
    what: 'Beside a policy that asks for the owner stands a permissive one that looks at the row alone.',
    why:
      'Permissive policies add up: a row passes when one of them lets it pass. The second policy does not narrow the first ' +
      'one, it opens its rows to every user, and for those the owner policy has no effect.',
    how: 'Write both conditions into one policy with AND, or make the second one `as restrictive`.',
    falseAlarm:
      'Rows that are meant for everybody. For SELECT nothing is said where the names say that rows are published or shared. ' +
      'A policy that is always true, or asks for any user, is reported by its own rule and not by this one.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_not_archived on notes for select to authenticated using (archived_at is null);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_not_archived on notes as restrictive for select to authenticated using (archived_at is null);
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const opening = openingOf(policy, model);
      if (opening?.kind !== 'widened' || !opening.beside) continue;
      const { name, at } = opening.beside;
      report({
        at: policy.at,
        message: `Permissive policies add up: for the rows that ${policy.name} lets through, ${name} has no effect, and every user gets them. Use AND in one policy, or "as restrictive".`,
        related: [{ at, message: `${name} asks for the owner` }],
      });
    }
  },
});
