import { concernsRequests, defineRule, openDoorsOf, type Table } from '../rule';

export default defineRule({
  id: 'policy-reads-open-table',
  title: 'Policy that relies on a table users write into',
  severity: 'warning',
  fixable: false,
  sources: ['pgrls SEC025'],
  docs: {
    what: 'Who gets at a row is looked up in another table, and users can write what they like into that one: it ties only the member to the caller and not the group, or has row-level security off.',
    why: 'A user adds himself to the group of his choice with one INSERT, and from then on sees, or changes, whatever that group may.',
    how: 'Let only those add members who belong to the group already, by a policy or a function that asks for it, or revoke INSERT and UPDATE.',
    falseAlarm:
      'Groups that everybody may join. Where the table has row-level security off, `rls-not-enabled` reports that, and this is information; where the group is a foreign key to a table with owners, `policy-parent-not-checked` reports it instead.',
    bad: `create table members (team text not null, user_sub text not null, primary key (team, user_sub));
alter table members enable row level security;
create policy members_own_read on members for select to authenticated using (user_sub = auth.uid());
create policy members_own_insert on members for insert to authenticated with check (user_sub = auth.uid());
grant select, insert on members to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), team text not null, body text);
alter table notes enable row level security;
create policy notes_team_read on notes for select to authenticated
  using (team in (select m.team from members m where m.user_sub = auth.uid()));
grant select on notes to authenticated;`,
    good: `create table members (team text not null, user_sub text not null, primary key (team, user_sub));
alter table members enable row level security;
create policy members_own_read on members for select to authenticated using (user_sub = auth.uid());
grant select on members to authenticated;
revoke insert, update on members from authenticated;
create table notes (id uuid primary key default gen_random_uuid(), team text not null, body text);
alter table notes enable row level security;
create policy notes_team_read on notes for select to authenticated
  using (team in (select m.team from members m where m.user_sub = auth.uid()));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    const told = new Set<Table>();
    for (const policy of model.policies) {
      if (!policy.permissive || !concernsRequests(policy, model)) continue;
      for (const predicate of [policy.using, policy.check]) {
        for (const door of predicate ? openDoorsOf(predicate, policy.table, model) : []) {
          const { table, columns } = door;
          if (!predicate || told.has(table)) continue;
          told.add(table);
          const relation = predicate.relations.find(({ relname }) => relname === table.name);
          report({
            at: relation ? predicate.spanOf({ RangeVar: relation }) : predicate.at,
            severity: door.policy ? 'warning' : 'info',
            message: door.policy
              ? `${policy.name} trusts ${table.name}, and ${door.policy.name} lets users write any ${columns.join(', ')} there: everybody can let himself in.`
              : `${policy.name} trusts ${table.name}, which has row-level security off: everybody can let himself in.`,
            related: [
              door.policy
                ? { at: door.policy.at, message: `${door.policy.name} does not check ${columns.join(', ')}` }
                : { at: table.at, message: `${table.name} has row-level security off` },
            ],
          });
        }
      }
    }
  },
});
