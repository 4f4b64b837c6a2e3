import { defineRule } from '../rule';

export default defineRule({
  id: 'sql-syntax',
  title: 'Statement PostgreSQL cannot parse',
  severity: 'error',
  fixable: false,
  scope: 'files',
  sources: ['squawk', 'postgres-language-server'],
  docs: {
    what: 'PostgreSQL’s own parser refuses the statement. The other statements of the file are judged all the same.',
    why: 'A push is one transaction a file: it fails with 42601, and nothing of the file is applied.',
    how: 'Correct the statement at the marked word. `create policy if not exists` and `for insert, update` do not exist; psql commands such as `\\i` are no SQL.',
    falseAlarm: 'A template with placeholders that another tool fills in before the push.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy if not exists notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(_model, report, files) {
    for (const { errors, text } of files) {
      for (const { at, message, kind } of errors) {
        // Commands of psql have a rule of their own, and the platform strips what dumps add.
        if (text[at.start] === '\\') continue;
        const said = `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}.`;
        report(
          kind === 'too-deep'
            ? { at, severity: 'info', message: said }
            : { at, message: `${said} ${FAILS[kind ?? 'syntax']}` },
        );
      }
    }
  },
});

/** What a push makes of it. */
const FAILS = {
  syntax: 'The push fails with 42601, and nothing of the file is applied.',
  'open-data': 'A push has no such data, and fails.',
  'not-text': 'The push fails.',
} as const;
