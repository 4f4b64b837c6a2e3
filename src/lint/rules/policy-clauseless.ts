import {
  defineRule,
  inCaseOf,
  insertAt,
  isForPublic,
  TABLE_VERBS,
  type Fix,
  type Policy,
  type SchemaModel,
  type TableVerb,
} from '../rule';

export default defineRule({
  id: 'policy-clauseless',
  title: 'Policy without the clause it needs',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC006', 'splinter 0024_rls_policy_always_true', 'rls-doctor write-policy-missing-check'],
  docs: {
    what: 'A permissive policy has neither USING nor WITH CHECK, or an UPDATE or ALL policy has WITH CHECK only.',
    why: 'PostgreSQL takes a missing clause of a permissive policy as false, not as true (some linters say the opposite): reads come back empty with 200, changes touch no row, and inserts answer 403 with 42501 "new row violates row-level security policy".',
    how: 'Add `using (owner_id = auth.uid())`; an INSERT policy takes `with check (…)` instead.',
    falseAlarm: 'A policy that is meant to deny. `using (false)` says so.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated;
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const denied = deniedVerbs(policy);
      if (denied.length === 0) continue;
      const { name, verb, check } = policy;
      const clause = verb === 'insert' ? 'WITH CHECK' : 'USING';
      const fix = ownerClause(model, policy);
      report({
        at: policy.at,
        message: check
          ? `${name} has WITH CHECK only: without USING it lets nobody ${inWords(denied)} a row that is there.`
          : `${name} has no ${clause} clause: PostgreSQL takes that as false, and it lets nobody ${inWords(denied)}.`,
        ...(fix && { fix }),
      });
    }
  },
});

/** Verbs that the policy is for and cannot allow, nor any other policy in the case of a missing USING alone. */
function deniedVerbs(policy: Policy): TableVerb[] {
  const { permissive, verb, using, check, table } = policy;
  if (!permissive || using) return [];
  const verbs = verb === 'all' ? TABLE_VERBS : [verb];
  if (!check) return [...verbs];
  // WITH CHECK on SELECT or DELETE is refused; another policy may bring the USING.
  if ((verb !== 'update' && verb !== 'all') || !table.created) return [];
  return verbs.filter(
    each =>
      each !== 'insert' &&
      !table.policies.some(
        other =>
          other.permissive &&
          other.using &&
          (other.verb === each || other.verb === 'all') &&
          shareRole(policy, other),
      ),
  );
}

function shareRole(a: Policy, b: Policy): boolean {
  if (isForPublic(a) || isForPublic(b)) return true;
  return a.roles.some(({ name }) => b.roles.some(other => other.name === name));
}

function inWords(verbs: readonly TableVerb[]): string {
  return verbs.join(', ').toUpperCase();
}

/** The owner predicate, where the table has one owner column that can be compared with the subject. */
function ownerClause(model: SchemaModel, { table, verb, statement, check }: Policy): Fix | undefined {
  const [owner, ...others] = model.ownerColumns(table);
  if (!owner || others.length > 0 || !/^(?:text|varchar|citext)$/.test(owner.type)) return undefined;
  const keywords = inCaseOf(statement, verb === 'insert' ? 'with check' : 'using');
  const clause = `${keywords} (${owner.statement.textOf(owner.at)} = auth.uid())`;
  const before = check?.statement === statement ? check.clauseAt.start : undefined;
  const { file, end } = statement.at;
  return {
    title: `Compare ${owner.name} with the subject`,
    edits: [before === undefined ? insertAt(file, end, ` ${clause}`) : insertAt(file, before, `${clause} `)],
  };
}
