import { defineRule, isPushDirectory } from '../rule';

export default defineRule({
  id: 'push-edited-migration',
  title: 'Migration changed after it was committed',
  severity: 'error',
  fixable: false,
  scope: 'files',
  sources: [],
  docs: {
    what: 'A file of a push directory differs from what was committed of it.',
    why: 'The platform keeps a checksum of every file it has applied, and refuses the whole push on "Migration checksum conflict" when an applied file has changed. Even where it did not, the file would not be run again: what was added to it never arrives.',
    how: 'Restore the file, and write the change into a new one with a later name.',
    falseAlarm: 'The file was committed but never pushed to any project.',
    committed: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    },
    bad: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    },
    good: {
      'migrations/0001_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/0002_body.sql': `alter table notes add column body text;`,
    },
  },

  check(_model, report, files, { committed }) {
    if (!committed) return;
    for (const { name, text } of files) {
      if (!isPushDirectory(name.replace(/\/?[^/]*$/, ''))) continue;
      const before = committed(name);
      // Git may check files out with other line ends than it keeps.
      if (before === undefined || normalized(before) === normalized(text)) continue;
      report({
        at: { file: name, ...changedLine(before, text) },
        message:
          'This file was committed otherwise. If it has been pushed, the next push fails on its checksum: restore it and put the change into a new file.',
      });
    }
  },
});

function normalized(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** The first line that differs. */
function changedLine(before: string, text: string): { start: number; end: number } {
  let same = 0;
  while (same < text.length && text[same] === before[same]) same += 1;
  const start = text.lastIndexOf('\n', Math.min(same, text.length - 1) - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  return { start, end: Math.max(lineEnd === -1 ? text.length : lineEnd, Math.min(start + 1, text.length)) };
}
