import { defineRule, replaceAt, subjectUses } from '../rule';

export default defineRule({
  id: 'owner-uuid',
  title: 'Owner column of type uuid',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'The owner column is `uuid`, and `auth.uid()` is text.',
    why:
      'Comparing the two fails when the policy is created: the push answers 42883 "operator does not exist: uuid = text" and ' +
      'is rolled back; a `default auth.uid()` fails with 42804. Subjects of Auth.js and Clerk are strings such as `104923` or ' +
      '`user_2abC`, so no cast helps.',
    how: 'Make the column `text`.',
    falseAlarm:
      'A column that is only called like an owner and points at a row of your own, while the policies live elsewhere.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id uuid not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    const useOf = subjectUses(model);
    for (const table of model.tables.values()) {
      if (!table.created || table.temporary) continue;
      for (const column of table.columns.values()) {
        const use = column.type === 'uuid' ? useOf(table, column) : undefined;
        // A column that is cast to text is owner-uuid-as-text's.
        if (use === undefined || use === 'cast') continue;
        const policy = table.policies[0];
        const failure =
          use === 'default'
            ? 'its default, auth.uid(), is text: the push fails with 42804'
            : `auth.uid() is text: ${use === 'name' ? 'a policy that compares them' : 'the push'} fails with 42883 "operator does not exist: uuid = text"`;
        report({
          at: column.typeAt,
          message: `${column.name} is uuid, and ${failure}. Subjects are strings; make it text.`,
          related: policy ? [{ at: policy.at, message: `${table.name} has policies` }] : [],
          // A foreign key needs the same type on its other side, which only its author can decide.
          ...(!column.references && {
            fix: { title: `Make ${column.name} text`, edits: [replaceAt(column.typeAt, 'text')] },
          }),
        });
      }
    }
  },
});
