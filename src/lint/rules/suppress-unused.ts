import { defineRule } from '../rule';

export default defineRule({
  id: 'suppress-unused',
  title: 'Suppression that hides nothing',
  severity: 'hint',
  fixable: true,
  sources: ['ESLint reportUnusedDisableDirectives'],
  docs: {
    what: 'A comment suppresses a rule that finds nothing there.',
    why: 'PostgreSQL runs the comment without a word. It was right once: what it hid is gone, and it would hide the next mistake at that place.',
    how: 'Remove the comment, or the id from its list. Comments cannot hide `sql-syntax` and the `suppress-…` rules.',
    falseAlarm:
      'The file is meant for both engines and the finding is on the other one: lint it without an engine. Nothing is said while a file of the push has a syntax error, or of a rule that is off.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
-- flux-rls-disable-next-line policy-always-true: the notes were public once
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  // The linter itself reports it: only it knows what a comment hid.
  check: () => undefined,
});
