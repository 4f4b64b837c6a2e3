import { defineRule } from '../rule';

export default defineRule({
  id: 'suppress-no-reason',
  title: 'Suppression without a reason',
  severity: 'hint',
  fixable: false,
  sources: ['eslint-comments require-description'],
  docs: {
    what: 'A comment hides findings and does not say why.',
    why: 'PostgreSQL runs the comment without a word, and the finding is hidden all the same. Whoever changes the table next cannot tell whether what made it safe still holds.',
    how: 'Write the reason after a colon: `-- flux-rls-disable-next-line <rule>: <reason>`.',
    falseAlarm: 'None: a reason is missing, or it is not behind a colon.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
-- flux-rls-disable-next-line policy-always-true
create policy notes_read on notes for select to authenticated using (true);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
-- flux-rls-disable-next-line policy-always-true: notes are published on purpose
create policy notes_read on notes for select to authenticated using (true);
grant select on notes to authenticated;`,
  },

  // The linter itself reports it: only it knows the comments that hide findings.
  check: () => undefined,
});
