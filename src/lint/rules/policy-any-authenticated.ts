import {
  audienceThrough,
  clausesOf,
  defineRule,
  openingOf,
  ownerTest,
  replaceAt,
  type Judged,
  type Policy,
  type SchemaModel,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-any-authenticated',
  title: 'Policy that asks for any user',
  severity: 'error',
  fixable: true,
  sources: ['pgrls SEC005', 'supashield NO_AUTH_UID_CHECK', 'rls-probe POLICY-NO-IDENTITY'],
  docs: {
    what: 'A policy on a table whose rows have owners asks only whether there is a subject: `auth.uid() is not null`.',
    why:
      'Every signed-in user has a subject, so every user reads every row, or writes rows in every other user’s name. Among the ' +
      'rules about policies that are too wide this one comes after `policy-always-true` and before all others.',
    how: 'Compare the owner column with the subject: `owner_id = auth.uid()`. Who is signed in `to authenticated` says already.',
    falseAlarm:
      'Rows that every user of the project is meant to see, although they have an owner. Tables without an owner are not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (auth.uid() is not null);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const opening = openingOf(policy, model);
      if (opening?.kind !== 'any-authenticated') continue;
      const { clause } = opening;
      const { name, table, verb } = policy;
      const way = clause.ways.find(({ audience }) => audience === 'signed-in');
      const edits = toOwner(policy, model);
      report({
        at: way ? clause.spanOf(way.atom.node) : clause.at,
        message: `Every signed-in user passes this: ${name} opens every row of ${table.name} for ${verb.toUpperCase()}. Compare the owner with auth.uid().`,
        ...(edits && { fix: { title: 'Ask for the owner', edits } }),
      });
    }
  },
});

/** Both clauses, where both ask for any user. */
function toOwner(policy: Policy, model: SchemaModel): TextEdit[] | undefined {
  const test = ownerTest(policy.table, model);
  if (test === undefined) return undefined;
  const { found, written } = clausesOf(policy);
  const judged: Judged[] = written === found ? ['found'] : ['found', 'written'];
  return judged.flatMap(each => {
    const clause = each === 'found' ? found : written;
    return clause && audienceThrough(policy, each, model) === 'signed-in' ? replaceAt(clause.at, test) : [];
  });
}
