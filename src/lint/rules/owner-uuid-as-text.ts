import { defineRule, readSubject, replaceAt, typeName, type ColumnComparison } from '../rule';

export default defineRule({
  id: 'owner-uuid-as-text',
  title: 'uuid owner compared as text',
  severity: 'info',
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy casts a `uuid` owner column to text to compare it with the subject.',
    why:
      'PostgreSQL prints a `uuid` in lower case with hyphens and nothing else, so a subject in upper case or in braces is ' +
      'never equal to it: that user gets 200 and no rows. Subjects that are no UUIDs cannot own a row at all, and an index ' +
      'on the column is not used.',
    how: 'Store the owner as `text` and compare it as it is.',
    falseAlarm: 'A project whose identity provider issues lower-case UUIDs and always will.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id uuid not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id::text = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { using, check } of model.policies) {
      for (const predicate of [using, check]) {
        for (const comparison of predicate?.comparisons ?? []) {
          const { column, cast } = comparison;
          if (!predicate || !column || !cast || !isUuidAsText(comparison)) continue;
          const at = predicate.spanOf(cast);
          const bare = predicate.statement.textOf(predicate.spanOf(comparison.use.node));
          report({
            at,
            message: `${column.name} is uuid and compared as text: a subject in upper case or in braces never equals it, and one that is no UUID cannot own a row.`,
            related: [{ at: column.typeAt, message: `${column.name} is uuid` }],
            // A foreign key needs the same type on its other side, which only its author can decide.
            ...(!column.references && {
              fix: {
                title: `Make ${column.name} text`,
                edits: [replaceAt(column.typeAt, 'text'), replaceAt(at, bare)],
              },
            }),
          });
        }
      }
    }
  },
});

function isUuidAsText({ column, cast, value }: ColumnComparison): boolean {
  const subject = readSubject(value);
  const isText = ['text', 'varchar', 'bpchar'].includes(typeName(cast?.typeName));
  return column?.type === 'uuid' && isText && subject !== undefined && subject.castTo === undefined;
}
