import {
  ANON,
  AUTHENTICATED,
  defineRule,
  inCaseOf,
  isForPublic,
  replaceAt,
  type Fix,
  type Policy,
} from '../rule';

export default defineRule({
  id: 'policy-restrictive-only',
  title: 'Only restrictive policies for a verb',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC012'],
  docs: {
    what: 'A table has restrictive policies for a verb and no permissive one.',
    why: 'Restrictive policies only take away from what permissive ones give. With none to give, nobody gets a row: reads come back empty with 200, changes touch no row, and inserts answer 403 with 42501.',
    how: 'Make one of them permissive (the default), or add a permissive policy.',
    falseAlarm: 'A verb that is meant to stay closed. `using (false)` says so and is not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes as restrictive for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes as permissive for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.tables.values()) {
      // A table made elsewhere may have its permissive policies there.
      if (!table.created || table.policies.every(({ permissive }) => permissive)) continue;
      const giving = table.policies.filter(({ permissive }) => permissive);
      const told: Policy[] = [];
      for (const policy of table.policies) {
        if (policy.permissive || deniesAll(policy) || [...giving, ...told].some(other => meet(policy, other)))
          continue;
        told.push(policy);
        const fix = makePermissive(policy);
        report({
          at: policy.at,
          message: `${policy.name} only takes away, and no permissive policy gives ${policy.verb === 'all' ? 'anything' : policy.verb.toUpperCase()} on ${table.name}: nobody gets a row.`,
          related: [{ at: table.at, message: `${table.name} is made here` }],
          ...(fix && { fix }),
        });
      }
    }
  },
});

/** `using (false)`: the verb is closed on purpose. */
function deniesAll({ using, check }: Policy): boolean {
  return [using, check].some(predicate => predicate && !predicate.truth().canBeTrue);
}

/** Whether two policies can be asked for the same request. */
function meet(a: Policy, b: Policy): boolean {
  const sameVerb = a.verb === b.verb || a.verb === 'all' || b.verb === 'all';
  return sameVerb && (isForPublic(a) || isForPublic(b) || shareRole(a, b));
}

/** A role that the files make may be a member of any other. */
function shareRole(a: Policy, b: Policy): boolean {
  return a.roles.some(({ name }) =>
    b.roles.some(other => other.name === name || ![name, other.name].every(each => REQUEST_ROLES.has(each))),
  );
}

const REQUEST_ROLES: ReadonlySet<string> = new Set([AUTHENTICATED, ANON]);

function makePermissive({ statement }: Policy): Fix | undefined {
  const at = statement.tokens.findIndex(
    ({ kind, value }, index) =>
      kind === 'word' && value === 'restrictive' && statement.tokens[index - 1]?.value === 'as',
  );
  if (at === -1) return undefined;
  return {
    title: 'Make it permissive',
    edits: [replaceAt(statement.tokenSpan(at), inCaseOf(statement, 'permissive'))],
  };
}
