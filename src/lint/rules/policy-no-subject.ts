import { andAlso, defineRule, openingOf, ownerTest } from '../rule';

export default defineRule({
  id: 'policy-no-subject',
  title: 'Policy that never asks who is calling',
  severity: 'warning',
  fixable: true,
  sources: ['supashield NO_AUTH_UID_CHECK', 'rls-probe POLICY-NO-IDENTITY'],
  docs: {
    what: 'A policy on a table whose rows have owners looks at the row alone: `archived_at is null`.',
    why:
      'Whoever asks gets every row of that kind, whoever owns it. For UPDATE and DELETE an OR is enough: with ' +
      '`owner_id = auth.uid() or is_public` every user changes the public rows of all others.',
    how: 'Ask for the owner as well: `owner_id = auth.uid() and archived_at is null`.',
    falseAlarm:
      'Rows that are meant to be public. For SELECT nothing is said of “published or own” in one policy, nor where the names ' +
      'say that rows are published or shared. `policy-widened` reports it beside an owner policy, and ' +
      '`policy-insert-unchecked-owner` for INSERT.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (archived_at is null);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text, archived_at timestamptz);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid() and archived_at is null);
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const opening = openingOf(policy, model);
      if (opening?.kind !== 'no-subject') continue;
      const { clause } = opening;
      const { name, table, verb } = policy;
      const way = clause.ways.find(({ audience }) => audience === 'row-decides');
      const test = ownerTest(table, model);
      report({
        at: way && clause.mentionsSubject ? clause.spanOf(way.atom.node) : clause.at,
        message: `${name} asks for the row and not for the caller: every user passes it for such rows of ${table.name}, whoever owns them (${verb.toUpperCase()}).`,
        ...(test !== undefined && {
          fix: { title: 'Ask for the owner as well', edits: [andAlso(clause, test)] },
        }),
      });
    }
  },
});
