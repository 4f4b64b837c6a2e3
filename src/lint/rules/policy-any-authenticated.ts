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
    what: 'A policy on a table whose rows have owners asks only whether there is a subject: `auth.uid() is not null`, or any row of the caller’s in another table.',
    why:
      'Every signed-in user has a subject, so every user reads every row, or writes rows in every other user’s name. Among the ' +
      'rules about policies that are too wide this one comes after `policy-always-true` and before all others.',
    how: 'Compare the owner column with the subject: `owner_id = auth.uid()`. Who is signed in `to authenticated` says already.',
    falseAlarm:
      'Rows that every user of the project is meant to see, although they have an owner. Tables without an owner are not reported. That the caller has a row somewhere (`exists (select 1 from members where ' +
      'user_sub = auth.uid())`) is a warning where the rows point at that table, and information elsewhere.',
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
      const { clause, severity, asks } = opening;
      const { name, table, verb } = policy;
      const way = clause.ways.find(({ audience }) => audience === (asks ? 'certain-users' : 'signed-in'));
      const edits = asks ? [] : toOwner(policy, model);
      const who = asks ? `Whoever has a row in ${asks.name}` : 'Every signed-in user';
      report({
        at: way ? clause.spanOf(way.atom.node) : clause.at,
        severity,
        message: `${who} passes this: ${name} opens every row of ${table.name} for ${verb.toUpperCase()}. ${asks ? 'Nothing ties the subquery to the row' : 'Compare the owner with auth.uid()'}.`,
        ...(edits.length > 0 && { fix: { title: 'Ask for the owner', edits } }),
      });
    }
  },
});

/** Both clauses, where both ask for any user. */
function toOwner(policy: Policy, model: SchemaModel): TextEdit[] {
  const test = ownerTest(policy.table, model);
  if (test === undefined) return [];
  const { found, written } = clausesOf(policy);
  const judged: Judged[] = written === found ? ['found'] : ['found', 'written'];
  return judged.flatMap(each => {
    const clause = each === 'found' ? found : written;
    return clause && audienceThrough(policy, each, model) === 'signed-in' ? replaceAt(clause.at, test) : [];
  });
}
