import { defineRule, isPushDirectory, type SourceFile, type Span } from '../rule';

export default defineRule({
  id: 'push-order',
  title: 'File name that puts a migration out of order',
  severity: 'warning',
  fixable: false,
  scope: 'files',
  sources: [],
  docs: {
    what: 'Two files of a push directory share a number, a number is not padded, or a new file sorts before one that is committed.',
    why: 'A push applies files by name, letter by letter: `10_…` comes before `2_…`, and of two files with one number the rest of the name decides. A file that sorts before an applied one runs last on this project and first on a new one.',
    how: 'Rename the file: numbers of one width, each used once, the newest last.',
    falseAlarm: 'Files with one number that do not depend on each other.',
    bad: {
      'migrations/1_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/10_pinned.sql': `update notes set body = '' where body is null;`,
      'migrations/2_body.sql': `alter table notes add column body text;`,
    },
    good: {
      'migrations/01_notes.sql': `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
      'migrations/02_body.sql': `alter table notes add column body text;`,
    },
  },

  check(_model, report, files, { committed }) {
    const versioned = files.filter(({ name }) => isPushDirectory(name.replace(/\/?[^/]*$/, '')));
    versioned.forEach((file, index) => {
      const number = numberOf(file);
      const after = versioned.slice(index + 1);
      const same = versioned
        .slice(0, index)
        .find(other => number !== undefined && numberOf(other) === number);
      const smaller = after.find(other => number !== undefined && (numberOf(other) ?? Infinity) < number);
      const applied =
        committed && committed(file.name) === undefined
          ? after.find(({ name }) => committed(name) !== undefined)
          : undefined;
      if (same) {
        report({
          at: firstToken(file),
          message: `${baseName(file)} has the number of ${baseName(same)}: the rest of the name decides which is applied first.`,
        });
      } else if (smaller) {
        report({
          at: firstToken(file),
          message: `${baseName(file)} is applied before ${baseName(smaller)}, for names are compared letter by letter: pad the numbers to one width.`,
        });
      } else if (applied) {
        report({
          at: firstToken(file),
          message: `${baseName(file)} is new and sorts before ${baseName(applied)}, which is committed: give it a later name.`,
        });
      }
    });
  },
});

function baseName({ name }: SourceFile): string {
  return name.split('/').at(-1) ?? name;
}

function numberOf(file: SourceFile): number | undefined {
  const digits = /^\d+/.exec(baseName(file))?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** A file's name has no place in its text: the finding stands at its first word. */
function firstToken({ name, text, statements: [first] }: SourceFile): Span {
  return first ? first.tokenSpan(0) : { file: name, start: 0, end: Math.min(1, text.length) };
}
