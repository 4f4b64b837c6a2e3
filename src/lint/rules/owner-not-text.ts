import { defineRule, replaceAt, subjectUses, type Column, type SubjectUse } from '../rule';

export default defineRule({
  id: 'owner-not-text',
  title: 'Owner column that cannot hold every subject',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'The owner column is a number, a date or the like, or a text type that pads, cuts or folds: `char(n)`, a short `varchar(n)`, `name`, `citext`.',
    why:
      'Subjects are text. Compared with a number the push answers 42883 "operator does not exist: integer = text" and is ' +
      'rolled back; a `default auth.uid()` answers 42804. With `char(n)` and `varchar(n)` a longer subject answers 400 with ' +
      '22001 "value too long", and `char(n)` comes back padded with blanks. `name` keeps 63 bytes, so the row of a longer ' +
      'subject is refused with 42501. These, and columns that are only called like an owner, are warnings.',
    how: 'Make the column `text`.',
    falseAlarm: 'A column that is only called like an owner, while no policy compares it with the subject.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id integer not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    const useOf = subjectUses(model);
    for (const table of model.tables.values()) {
      if (!table.created || table.temporary) continue;
      for (const column of table.columns.values()) {
        const flaw = flawOf(column);
        const use = flaw && useOf(table, column);
        if (flaw === undefined || use === undefined) continue;
        const isRefused = flaw === 'refused' && use !== 'name';
        // A number that is cast to text, `owner_id::text = auth.uid()`, is compared as well as it can be.
        if (flaw === 'refused' && use === 'cast') continue;
        report({
          at: column.typeAt,
          severity: isRefused ? 'error' : 'warning',
          message: messageFor(column, flaw, use),
          // A foreign key needs the same type on its other side, and a sequence fills no text.
          ...(!column.references &&
            !column.generated && {
              fix: { title: `Make ${column.name} text`, edits: [replaceAt(column.typeAt, 'text')] },
            }),
        });
      }
    }
  },
});

const NAMES: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };
const NOT_TEXT =
  /^(?:int[248]|(?:small|big)?serial[248]?|numeric|float[48]|oid|bool|date|timestamp(?:tz)?|jsonb?|bytea)$/;

function flawOf({
  type,
  typeModifiers: [length],
}: Column): 'refused' | 'short' | 'name' | 'citext' | undefined {
  if (NOT_TEXT.test(type)) return 'refused';
  if ((type === 'bpchar' && length !== undefined) || (type === 'varchar' && (length ?? 64) < 64))
    return 'short';
  return type === 'name' || type === 'citext' ? type : undefined;
}

function messageFor({ name, type }: Column, flaw: ReturnType<typeof flawOf>, use: SubjectUse): string {
  const written = NAMES[type] ?? type;
  if (flaw === 'short')
    return `${name} is too short for some subjects: their rows answer 400, 22001 "value too long". Make it text.`;
  if (flaw === 'name')
    return `${name} is cut at 63 bytes: rows of longer subjects are refused (42501). Make it text.`;
  if (flaw === 'citext')
    return `${name} is citext, and subjects that differ in case only are different users: a unique key takes them for one. Make it text.`;
  if (use === 'name')
    return `${name} is ${written}, and the subject that it seems to hold is text. Make it text.`;
  return use === 'default'
    ? `${name} is ${written}, and auth.uid() is text: the push fails with 42804. Subjects are strings; make it text.`
    : `${name} is ${written}, and auth.uid() is text: the push fails with 42883 "operator does not exist: ${written} = text". Subjects are strings; make it text.`;
}
