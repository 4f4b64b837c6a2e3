import {
  AUTHENTICATED,
  defineRule,
  ownerPolicies,
  stillGiven,
  TABLE_VERBS,
  type GrantStatement,
  type NamedPrivilege,
  type SchemaModel,
  type Table,
  type TableVerb,
} from '../rule';

export default defineRule({
  id: 'grant-without-policy',
  title: 'GRANT for which there is no policy',
  severity: 'warning',
  fixable: true,
  sources: ['safegres A4, A5', 'pgrls SEC022'],
  docs: {
    what: 'The files grant `authenticated` a verb on a table with row-level security, and none of its policies is about that verb.',
    why:
      'The privilege alone lets no row through: SELECT answers an empty array, INSERT 403 with code 42501 and "new row violates ' +
      'row-level security policy", UPDATE and DELETE change 0 rows without an error. A table without any policy is left to rls-enabled-no-policy, a SELECT ' +
      'policy missing beside those for writes to policy-write-needs-select and policy-returning-needs-select.',
    how: 'Write the policy, or take the verb out of the GRANT.',
    falseAlarm: 'A policy that a later push brings.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const grant of model.grants) {
      const isForUsers = grant.grantees.some(({ name }) => model.requestRoleNamed(name) === AUTHENTICATED);
      if (!grant.isGrant || grant.target !== 'table' || !isForUsers) continue;
      const dead = grant.objects.flatMap(key => {
        const table = model.tables.get(key);
        const verbs = table ? uncovered(model, grant, table, key) : [];
        return table && verbs.length > 0 ? [{ table, verbs }] : [];
      });
      const [first] = dead;
      const privilege = first && grant.privileges.find(named => first.verbs.some(verb => gives(named, verb)));
      if (!privilege) continue;
      const edits = dead.flatMap(({ table, verbs }) => ownerPolicies(model, table, verbs, files));
      report({
        at: privilege.at,
        message: `${inWords(first.verbs)} on ${first.table.name} is granted, and no policy is about it: ${first.verbs.map(outcome).join('; ')}.`,
        related: dead.map(({ table, verbs }) => ({
          at: table.at,
          message: `${table.name} has no policy for ${inWords(verbs)}`,
        })),
        ...(edits.length > 0 && { fix: { title: `Add owner policies for ${inWords(first.verbs)}`, edits } }),
      });
    }
  },
});

function gives({ name }: NamedPrivilege, verb: string): boolean {
  return name === verb || name === 'all';
}

/** Verbs of the GRANT that are still given at the end, and that not even a restrictive policy speaks of. */
function uncovered(model: SchemaModel, grant: GrantStatement, table: Table, key: string): TableVerb[] {
  if (!table.created || table.rowSecurity !== true || table.policies.length === 0) return [];
  const isWritten = (['insert', 'update', 'delete'] as const).some(
    verb => model.permitting(table, verb, AUTHENTICATED).length > 0,
  );
  return TABLE_VERBS.filter(
    verb =>
      !(verb === 'select' && isWritten) &&
      grant.privileges.some(named => gives(named, verb)) &&
      stillGiven(model, grant, AUTHENTICATED, verb).includes(key) &&
      !model.policiesFor(table, verb).some(policy => model.appliesTo(policy, AUTHENTICATED)),
  );
}

function inWords(verbs: readonly TableVerb[]): string {
  return verbs.join(', ').toUpperCase();
}

function outcome(verb: TableVerb): string {
  if (verb === 'select') return 'reading answers no rows';
  return verb === 'insert'
    ? 'INSERT answers 403, 42501'
    : `${verb.toUpperCase()} changes 0 rows without an error`;
}
