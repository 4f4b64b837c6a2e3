import { defineRule, TABLE_VERBS, type SchemaModel, type Table, type TableVerb } from '../rule';

export default defineRule({
  id: 'policy-missing-verb',
  title: 'Rows that their owner can make and not change',
  severity: 'info',
  fixable: false,
  sources: ['rlsautotest L010', 'pgrls SEC022'],
  docs: {
    what: 'Owners may read and insert rows of a table, but no policy and no GRANT of the files speaks of UPDATE or DELETE.',
    why: 'Such a request answers 403 with 42501 "permission denied for table". On v1 dedicated, where the platform grants every verb, it answers 204 and changes nothing, which looks like success.',
    how: 'Add policies and grants for the verbs that the app needs.',
    falseAlarm: 'A table that is only ever added to, such as a log.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
create policy notes_owner_update on notes for update to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy notes_owner_delete on notes for delete to authenticated using (owner_id = auth.uid());
grant select, insert, update, delete on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.exposedTables) {
      // Without policies for reading and inserting the verbs are somebody else's business, or other rules'.
      if (table.rowSecurity !== true || !hasPolicy(table, 'select') || !hasPolicy(table, 'insert')) continue;
      const missing = TABLE_VERBS.filter(verb => !hasPolicy(table, verb) && !isGranted(model, table, verb));
      if (missing.length === 0 || model.ownerColumnsByUse(table).size === 0) continue;
      const verbs = missing.join(' or ').toUpperCase();
      report({
        at: table.at,
        message: `Owners can insert rows of ${table.name}; no policy or GRANT lets them ${verbs}.${model.engine === 'v1_dedicated' ? ' Such requests answer 204 and change nothing.' : ''}`,
      });
    }
  },
});

/** Also one that says no: the verb was thought of. */
function hasPolicy(table: Table, verb: TableVerb): boolean {
  return table.policies.some(policy => policy.verb === verb || policy.verb === 'all');
}

/** By a statement of the files; what the platform gives does not say that the verb is meant. */
function isGranted(model: SchemaModel, table: Table, verb: TableVerb): boolean {
  const key = model.keyOf(table.name, table.schema);
  return model.requestRoles.some(role => model.privileges.origin(key, role, verb) === 'files');
}
