import { andAlso, defineRule, openingOf, ownerTest } from '../rule';

export default defineRule({
  id: 'policy-insert-unchecked-owner',
  title: 'INSERT policy that does not check the owner',
  severity: 'error',
  fixable: true,
  sources: ['pgrls SEC028, SEC040', 'rls-probe POLICY-NO-IDENTITY'],
  docs: {
    what: 'WITH CHECK of an INSERT policy says something of the new row, but not that its owner is the caller.',
    why: 'The client sends the owner column like any other, so every user can make rows in another user’s name, and these then show up among that user’s own.',
    how: 'Ask for the owner as well: `owner_id = auth.uid() and …`.',
    falseAlarm:
      'Rows that one user makes for another on purpose. Nothing is said where a BEFORE INSERT trigger can set the owner, or ' +
      'where the column is not among those that may be inserted; a check of membership, or of the parent row, is information only, for rows may be made for others then. `with check (true)` ' +
      'is `policy-always-true`, and `auth.uid() is not null` is `policy-any-authenticated`.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_insert on notes for insert to authenticated with check (body <> '');
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_insert on notes for insert to authenticated with check (owner_id = auth.uid() and body <> '');
grant select, insert on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const opening = openingOf(policy, model);
      if (opening?.kind !== 'insert-unchecked-owner') continue;
      const { table, name } = policy;
      const { clause, severity } = opening;
      const owners = model.ownerColumns(table).map(column => column.name);
      const test = ownerTest(table, model);
      report({
        at: clause.at,
        severity,
        message: `${name} does not tie ${owners.join(' or ')} to the caller: users can insert rows of ${table.name} in another user's name.`,
        ...(test !== undefined && {
          fix: { title: 'Check the owner as well', edits: [andAlso(clause, test)] },
        }),
      });
    }
  },
});
