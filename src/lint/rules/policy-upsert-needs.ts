import { AUTHENTICATED, defineRule } from '../rule';

export default defineRule({
  id: 'policy-upsert-needs',
  title: 'INSERT policy without an UPDATE policy',
  severity: 'info',
  fixable: false,
  sources: [],
  docs: {
    what: 'A table has policies for INSERT and SELECT, a key that a client can send, and no policy for UPDATE.',
    why:
      'An upsert (`Prefer: resolution=merge-duplicates`, `.upsert()`) is an INSERT that turns into an UPDATE when the key is ' +
      'there. It asks for the UPDATE privilege at once, and for the UPDATE policy when it meets a row: without them it answers 403 with ' +
      'code 42501. Plain inserts and `resolution=ignore-duplicates` work.',
    how: 'Add a policy for UPDATE and grant the verb, if rows are to be upserted.',
    falseAlarm:
      'Rows are written once, and no client upserts. Where UPDATE is granted already, grant-without-policy says what is missing; where SELECT is, policy-returning-needs-select.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid());
grant select, insert, update on notes to authenticated;`,
  },

  check(model, report) {
    for (const [key, table] of model.tables) {
      if (!table.created || table.rowSecurity !== true || table.policies.length < 2) continue;
      const [inserter] = model.permitting(table, 'insert', AUTHENTICATED);
      const isRead = model.permitting(table, 'select', AUTHENTICATED).length > 0;
      if (!inserter || !isRead || model.policiesFor(table, 'update').length > 0) continue;
      if (model.privileges.origin(key, AUTHENTICATED, 'update') === 'files') continue;
      // What PostgreSQL numbers by itself no client sends to find a row by.
      const isSent = table.uniqueKeys.some(({ columns }) =>
        columns.every(column => !(table.columns.get(column)?.generated ?? false)),
      );
      if (!isSent) continue;
      report({
        at: inserter.at,
        message: `Rows of ${table.name} can be inserted and not updated: an upsert that meets an existing row answers 403, 42501.`,
      });
    }
  },
});
