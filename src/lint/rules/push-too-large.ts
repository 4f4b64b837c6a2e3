import { defineRule, MAX_PUSH_FILE_BYTES } from '../rule';

export default defineRule({
  id: 'push-too-large',
  title: 'File that is too large for a push',
  severity: 'error',
  fixable: false,
  scope: 'files',
  sources: [],
  docs: {
    what: 'A file is larger than 4 MiB.',
    why: 'The platform refuses it before it runs anything.',
    how: 'Cut it into several files. Rows belong into the database over the API, not into migrations.',
    falseAlarm: 'None: the limit is the platform’s.',
    bad: `-- more than 4 MiB of statements
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(_model, report, files) {
    for (const { name, text } of files) {
      // A character is at most three bytes for each of its UTF-16 units: most files need no counting.
      if (text.length * 3 <= MAX_PUSH_FILE_BYTES || byteLength(text) <= MAX_PUSH_FILE_BYTES) continue;
      report({
        at: { file: name, start: 0, end: Math.min(1, text.length) },
        message: `The file has ${(byteLength(text) / 2 ** 20).toFixed(1)} MiB, and a push takes 4 MiB at most: cut it into several.`,
      });
    }
  },
});

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
