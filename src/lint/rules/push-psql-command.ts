import { defineRule, type SourceFile } from '../rule';

export default defineRule({
  id: 'push-psql-command',
  title: 'Command of psql in a push',
  severity: 'error',
  fixable: false,
  scope: 'files',
  sources: [],
  docs: {
    what: 'A pushed file holds a command that only `psql` knows, such as `\\i` or `\\copy`, or the data of `COPY … FROM stdin`.',
    why: 'A push sends the text to PostgreSQL itself, which answers 42601 "syntax error"; the push is rolled back. `\\restrict` and `\\unrestrict`, which dumps hold, the platform takes out by itself.',
    how: 'Write the included file’s SQL here or into a file of its own; turn COPY data into INSERT, or load it over the API.',
    falseAlarm: 'None: a push is not `psql`.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
\\i more_notes.sql`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(_model, report, files) {
    for (const file of files) {
      for (const { at } of psqlCommands(file)) {
        const command = file.text.slice(at.start, at.end).split(/\s/)[0] ?? '';
        report({
          at,
          message: `${command} is a command of psql: a push sends it to PostgreSQL, which answers 42601.`,
        });
      }
      for (const { node, at } of file.statements) {
        if (!('CopyStmt' in node)) continue;
        const { is_from: isFrom, filename, is_program: isProgram } = node.CopyStmt;
        if (!isFrom || filename !== undefined || isProgram) continue;
        report({ at, message: 'A push has no standard input for COPY to read from: it fails. Use INSERT.' });
      }
    }
  },
});

/** Lines the parser refuses because they begin with a backslash, but for those the platform strips. */
function psqlCommands({ text, errors }: SourceFile): SourceFile['errors'] {
  return errors.filter(({ at }) => /^\\(?!(?:un)?restrict\b)/.test(text.slice(at.start, at.end)));
}
