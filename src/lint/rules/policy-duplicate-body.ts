import {
  defineRule,
  removePolicy,
  TABLE_VERBS,
  type Policy,
  type Predicate,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'policy-duplicate-body',
  title: 'Two policies that say the same',
  severity: 'info',
  fixable: true,
  sources: ['pgrls HYG003'],
  docs: {
    what: 'Two policies of a table have the same roles, verb and conditions, or one FOR ALL already says what the other says for its verb.',
    why: 'Requests are the same with one of them. PostgreSQL keeps both in `pg_policies`, and who changes one and forgets the other has changed nothing: permissive policies add up.',
    how: 'Delete one of the two.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_own on notes for select to authenticated using ((select auth.uid()) = owner_id);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const { policies } of model.tables.values()) {
      if (policies.length < 2) continue;
      const said = policies.map(policy => ({ policy, roles: rolesOf(policy, model) }));
      for (const [index, own] of said.entries()) {
        const first = said.find(
          (other, at) => other !== own && covers(other, own) && (at < index || !covers(own, other)),
        );
        if (!first) continue;
        const { policy } = own;
        const edits = removePolicy(policy, model, files);
        report({
          at: policy.at,
          message: `${policy.name} says what ${first.policy.name} says already; one of the two can go.`,
          related: [{ at: first.policy.at, message: `${first.policy.name} is made here` }],
          ...(edits && { fix: { title: `Delete ${policy.name}`, edits } }),
        });
      }
    }
  },
});

interface Said {
  readonly policy: Policy;
  readonly roles: string;
}

/** Whether one says for its verbs what the other says for all of its own. */
function covers({ policy: a, roles }: Said, { policy: b, roles: otherRoles }: Said): boolean {
  if (a.permissive !== b.permissive || roles !== otherRoles || (a.verb !== 'all' && a.verb !== b.verb))
    return false;
  const [said, own] = [clausesOf(a), clausesOf(b)];
  return own.size > 0 && [...own].every(([verb, clause]) => said.get(verb) === clause);
}

function rolesOf({ roles }: Policy, model: SchemaModel): string {
  const names = new Set(roles.map(({ name }) => model.requestRoleNamed(name)));
  return names.size === 0 || names.has('public') ? 'public' : [...names].sort().join();
}

/** Conditions by verb; none for a verb whose clause is missing. */
function clausesOf({ verb, using, check }: Policy): Map<string, string> {
  const clauses = new Map<string, string>();
  for (const each of verb === 'all' ? TABLE_VERBS : [verb]) {
    // Without WITH CHECK the new row is judged by USING.
    const checked = check ?? (verb === 'insert' ? undefined : using);
    const run = each === 'insert' ? [checked] : each === 'update' ? [using, checked] : [using];
    const texts = run.flatMap(predicate => (predicate ? meaning(predicate) : []));
    if (texts.length === run.length) clauses.set(each, texts.join('\n'));
  }
  return clauses;
}

/** Its words, without comments, spaces and case; the owner comparison is the same in every spelling. */
function meaning(predicate: Predicate): string {
  const { condition, statement, at } = predicate;
  const fact = condition.kind === 'atom' ? predicate.factOf(condition) : undefined;
  if (fact?.kind === 'owner' && fact.wrapping === 'bare' && !fact.nullSafe)
    return `${fact.column} is the subject`;
  return statement.tokens
    .filter(({ start, end }) => at.start <= start && end <= at.end)
    .map(({ value }) => value)
    .join(' ');
}
