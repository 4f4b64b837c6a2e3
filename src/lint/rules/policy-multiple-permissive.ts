import { defineRule, isForPublic, TABLE_VERBS, type Policy, type SchemaModel, type TableVerb } from '../rule';

export default defineRule({
  id: 'policy-multiple-permissive',
  title: 'Several permissive policies for one verb',
  severity: 'hint',
  fixable: false,
  sources: ['splinter 0006_multiple_permissive_policies', 'rls-doctor multiple-permissive-policies'],
  docs: {
    what: 'Two permissive policies of a table speak of the same verb and the same role.',
    why: 'PostgreSQL joins them with OR: a row passes as soon as one of them lets it, so the widest decides and a narrower one beside it takes nothing away. Each of them is run for every row.',
    how: 'Where both must hold, make one restrictive. Where either may hold, one policy with OR says it in one place.',
    falseAlarm: 'Policies that are kept apart for their names, such as one for owners and one for members.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, reader_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_reader_read on notes for select to authenticated using (reader_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, reader_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
create policy notes_read_by_reader on notes as restrictive for select to authenticated using (reader_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { policies, name } of model.tables.values()) {
      const permissive = policies.filter(policy => policy.permissive);
      for (const [index, policy] of permissive.entries()) {
        const earlier = permissive.slice(0, index).find(other => meet(model, policy, other));
        if (!earlier) continue;
        report({
          at: policy.at,
          message: `${earlier.name} and ${policy.name} add up: a row of ${name} passes for ${inWords(policy, earlier)} when either lets it.`,
          related: [{ at: earlier.at, message: `${earlier.name} is made here` }],
        });
      }
    }
  },
});

function meet(model: SchemaModel, a: Policy, b: Policy): boolean {
  if (sharedVerbs(a, b).length === 0) return false;
  if (isForPublic(a) || isForPublic(b)) return true;
  const names = new Set(a.roles.map(({ name }) => model.requestRoleNamed(name)));
  return b.roles.some(({ name }) => names.has(model.requestRoleNamed(name)));
}

function sharedVerbs(a: Policy, b: Policy): TableVerb[] {
  return TABLE_VERBS.filter(verb => [a, b].every(policy => policy.verb === 'all' || policy.verb === verb));
}

function inWords(a: Policy, b: Policy): string {
  const verbs = sharedVerbs(a, b);
  return verbs.length === TABLE_VERBS.length ? 'every verb' : verbs.join(', ').toUpperCase();
}
