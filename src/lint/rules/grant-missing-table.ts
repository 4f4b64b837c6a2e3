import {
  addStatementAfter,
  defineRule,
  grantsOn,
  lastOf,
  TABLE_VERBS,
  type Policy,
  type SchemaModel,
  type Table,
  type TableVerb,
} from '../rule';

export default defineRule({
  id: 'grant-missing-table',
  title: 'Policy without the GRANT it needs',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy lets a role do something with the table that no GRANT gives the role.',
    why:
      'PostgreSQL asks for the privilege first and for the policy second. Without the privilege every such request answers ' +
      '403 with code 42501 and "permission denied for table", and the policy is never consulted. The platform grants some ' +
      'verbs by itself (v2 shared: SELECT; v1 dedicated: all); those are reported as information only.',
    how: 'Grant the verbs the policies speak of to `authenticated`; a v2 push turns that name into the project’s own role.',
    falseAlarm: 'The GRANT is made outside of the pushed files, for instance by hand.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const [key, table] of model.tables) {
      if (!table.created || table.temporary) continue;
      for (const role of [...model.requestRoles, ...model.createdRoles]) {
        const needs = neededBy(model, table, role);
        const ungranted = [...needs.keys()].filter(
          verb => model.privileges.origin(key, role, verb) !== 'files',
        );
        const missing = ungranted.filter(verb => model.privileges.origin(key, role, verb) === undefined);
        const policy = needs.get(missing[0] ?? ungranted[0] ?? 'select');
        const isMissing = missing.length > 0;
        // What the platform gives is worth a word for the signed-in, and none for anon.
        const isImplicit = ungranted.length > 0 && role === 'authenticated';
        if (!policy || !(isMissing || isImplicit)) continue;
        const touching = [...table.policies.map(({ statement }) => statement), ...grantsOn(model, key)];
        const last = lastOf(touching, files) ?? policy.statement;
        report({
          at: policy.at,
          severity: isMissing ? 'error' : 'info',
          message: isMissing
            ? `No GRANT gives ${role} ${inWords(missing)} on ${table.name}, which this policy needs: requests answer 403, 42501 "permission denied for table ${table.name}".`
            : `${role} has ${inWords(ungranted)} on ${table.name} only through the platform's default privileges; a GRANT would say so here.`,
          related: [{ at: table.at, message: `${table.name} is made here` }],
          fix: {
            title: `Grant ${inWords(ungranted)} on ${table.name} to ${role}`,
            edits: [addStatementAfter(last, `grant ${ungranted.join(', ')} on ${table.written} to ${role}`)],
          },
        });
      }
    }
  },
});

/** The verbs the table's policies let a role do, each with the first policy that does, in the usual order of verbs. */
function neededBy(model: SchemaModel, table: Table, role: string): Map<TableVerb, Policy> {
  const policies = table.policies.filter(policy => policy.permissive && model.appliesTo(policy, role));
  return new Map(
    TABLE_VERBS.flatMap(verb => {
      const policy = policies.find(candidate => candidate.verb === verb || candidate.verb === 'all');
      return policy ? [[verb, policy] as const] : [];
    }),
  );
}

function inWords(verbs: readonly TableVerb[]): string {
  return verbs.join(', ').toUpperCase();
}
