import {
  ANON,
  defineRule,
  isForPublic,
  letsSignedOutPast,
  TABLE_VERBS,
  type Policy,
  type SchemaModel,
  type TableVerb,
} from '../rule';

export default defineRule({
  id: 'policy-anon-write',
  title: 'Writes without signing in',
  severity: { v1_dedicated: 'error', v2_shared: 'off' },
  fixable: false,
  sources: ['pgrls SEC039', 'rls-doctor public-unconditional-write'],
  docs: {
    what: 'A permissive policy lets `anon`, or every role, insert, update or delete rows without a subject.',
    why: 'On v1 dedicated a request without a token runs as `anon`, and the platform’s default privileges let it write: anybody who knows the address changes rows, with 201 or 204. On v2 shared the gateway answers 401 before any SQL runs.',
    how: 'Write the policy `to authenticated` and compare the owner column with `auth.uid()`.',
    falseAlarm:
      'A form that visitors send without signing in. Allow INSERT alone and suppress the finding with the reason.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_insert on notes for insert to anon with check (body is not null);
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const role = policy.roles.find(({ name }) => name === ANON);
      if (!policy.permissive || !(role || isForPublic(policy))) continue;
      const verbs = writable(model, policy);
      if (verbs.length === 0 || !letsSignedOutPast(policy)) continue;
      const written = role ?? policy.roles.find(({ name }) => name === 'public');
      const { using, check } = policy;
      const clause = check?.admitsSignedOut ? check : using;
      report({
        at: written?.at ?? policy.at,
        message: `${policy.name} lets requests without a token ${verbs.join(', ').toUpperCase()} rows of ${policy.table.name}: its condition holds without a subject.`,
        related: clause ? [{ at: clause.at, message: 'This is true without a subject' }] : [],
      });
    }
  },
});

/** Verbs of the policy that change rows and that no REVOKE takes from anon; of tables made elsewhere all. */
function writable(model: SchemaModel, { table, verb }: Policy): TableVerb[] {
  const key = model.keyOf(table.name, table.schema);
  return TABLE_VERBS.filter(
    each =>
      each !== 'select' &&
      (verb === 'all' || verb === each) &&
      (!table.created || model.privileges.origin(key, ANON, each) !== undefined),
  );
}
