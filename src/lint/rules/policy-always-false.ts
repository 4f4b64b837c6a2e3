import { clausesOf, concernsRequests, defineRule } from '../rule';

/** Names by which authors say that nobody is meant to pass. */
const DENYING =
  /deny|denied|no_?(?:one|body|access|read|insert|update|delete|write)|none|never|block|forbid|disallow|reject|closed|lock|immutable|append_?only|read_?only|server|internal|service/i;

export default defineRule({
  id: 'policy-always-false',
  title: 'Policy that lets nobody in',
  severity: 'info',
  fixable: false,
  sources: ['pgrls SEC010'],
  docs: {
    what: 'A policy can never be true: `false`, `1 = 2`, `archived_at = null`.',
    why:
      'It lets nobody pass. A permissive one might as well not be there, a restrictive one takes every row away. With ' +
      '`= null`, which is never true, the rows that it was written for stay out of sight: requests answer 200 with an empty array.',
    how: 'Write what was meant (`archived_at is null`), drop the policy, or say in its name that it denies: `notes_deny_all`.',
    falseAlarm: 'A policy that is there to say that nobody may; nothing is said where its name says so.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid() and archived_at = null);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid() and archived_at is null);
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      if (DENYING.test(policy.name) || !concernsRequests(policy, model)) continue;
      const { found, written } = clausesOf(policy);
      const clause = [found, written].find(
        predicate => predicate && !predicate.truth({ subject: 'present' }).canBeTrue,
      );
      if (!clause) continue;
      report({
        at: clause.at,
        message: policy.permissive
          ? `Never true: ${policy.name} lets nobody at any row of ${policy.table.name}.`
          : `Never true: ${policy.name} is restrictive and takes every row of ${policy.table.name} away from everybody.`,
      });
    }
  },
});
