import { defineRule, type Policy, type Predicate } from '../rule';

export default defineRule({
  id: 'owner-inconsistent',
  title: 'Policies that disagree on the owner',
  severity: 'warning',
  fixable: false,
  sources: [],
  docs: {
    what: 'One policy of a table ties rows to the subject by another column than the policies for SELECT do.',
    why:
      'Nothing keeps the two columns equal. A user can insert a row that only somebody else sees, or change and delete rows ' +
      'that belong to another user; an insert that asks for the row back answers 403 with 42501.',
    how: 'Compare the same column with the subject in every policy of the table.',
    falseAlarm:
      'Rows with two parties, such as a sender and a recipient, of whom one may only write and the other only read.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, user_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (user_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.tables.values()) {
      if (table.policies.length < 2) continue;
      const readers = table.policies.filter(
        ({ verb, permissive }) => permissive && (verb === 'select' || verb === 'all'),
      );
      const readable = new Set(readers.flatMap(ownersOf).map(({ column }) => column));
      const [reader] = readers;
      if (readable.size === 0 || !reader) continue;
      for (const policy of table.policies) {
        const owners = readers.includes(policy) || !policy.permissive ? [] : ownersOf(policy);
        const [first] = owners;
        if (!first || owners.some(({ column }) => readable.has(column))) continue;
        const names = [...readable].join(' or ');
        report({
          at: first.predicate.spanOf(first.node),
          message: `${policy.name} takes ${first.column} for the owner, and rows of ${table.name} are read by ${names}: nothing keeps the two equal.`,
          related: [{ at: reader.at, message: `${reader.name} reads by ${names}` }],
        });
      }
    }
  },
});

interface Owner {
  readonly column: string;
  readonly predicate: Predicate;
  readonly node: unknown;
}

/** The table's own columns that a policy requires or allows to be the subject. */
function ownersOf({ using, check }: Policy): Owner[] {
  return [using, check].flatMap(predicate =>
    (predicate?.atoms ?? []).flatMap(atom => {
      const fact = predicate?.factOf(atom);
      return predicate && fact?.kind === 'owner' ? [{ column: fact.column, predicate, node: atom.node }] : [];
    }),
  );
}
