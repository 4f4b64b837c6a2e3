import { defineRule } from '../rule';

export default defineRule({
  id: 'suppress-unknown',
  title: 'Suppression of a rule that is not there',
  severity: 'warning',
  fixable: true,
  sources: ['squawk unused-ignore'],
  docs: {
    what: 'A comment that starts with `flux-rls-` names a rule that does not exist, names none, or is misspelled itself.',
    why: 'PostgreSQL runs the comment without a word, and nothing is hidden: the linter does not guess. After a misspelled `flux-rls-enable` everything would stay hidden, so one that names no known rule ends every suppression above it.',
    how: 'Name the rule as the finding names it. `flux-rls explain` lists them all. The quick fix takes the nearest name; `--fix` leaves that to you.',
    falseAlarm: 'A comment for another program that happens to start with `flux-rls-disable`.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
-- flux-rls-disable-next-line policy-to-pubic: anonymous requests have no subject
create policy notes_read on notes for select using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
-- flux-rls-disable-next-line policy-to-public: anonymous requests have no subject
create policy notes_read on notes for select using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  // The linter itself reports it: only it knows the comments that hide findings.
  check: () => undefined,
});
