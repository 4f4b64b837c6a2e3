import { defineRule, type Node, type Predicate } from '../rule';

export default defineRule({
  id: 'owner-literal',
  title: 'Owner compared with a constant',
  severity: 'warning',
  fixable: false,
  sources: ['pgrls SEC021'],
  docs: {
    what: "A policy compares the owner column with a constant, such as `owner_id = 'ann'`.",
    why:
      'A constant does not ask who is calling: every signed-in user gets at the rows of that one user, and nobody at their ' +
      'own. It is often left over from a first try.',
    how: 'Compare the owner column with `auth.uid()`.',
    falseAlarm: 'A made-up owner such as `system`, whose rows are meant for everybody.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = 'bob');
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      if (!policy.permissive) continue;
      const owners = new Set(model.ownerColumns(policy.table).map(({ name }) => name));
      for (const predicate of [policy.using, policy.check]) {
        for (const { column, node } of predicate ? literalsIn(predicate) : []) {
          if (!predicate || !owners.has(column)) continue;
          report({
            at: predicate.spanOf(node),
            message: `${policy.name} compares ${column} with a constant: every caller gets at the rows of that one user of ${policy.table.name}. Use auth.uid().`,
          });
        }
      }
    }
  },
});

function literalsIn(predicate: Predicate): { readonly column: string; readonly node: Node }[] {
  return predicate.atoms.flatMap(atom => {
    const fact = predicate.factOf(atom);
    return fact.kind === 'literal' ? [{ column: fact.column, node: atom.node }] : [];
  });
}
