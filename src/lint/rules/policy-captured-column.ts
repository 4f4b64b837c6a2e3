import {
  capturesIn,
  defineRule,
  hiddenArguments,
  insertAt,
  inSql,
  routinesOf,
  type Routine,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'policy-captured-column',
  title: 'Column that a subquery takes for its own',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'In a subquery, a column of the policy’s table is written without its table, and a table of the subquery has a column of that name: `m.org_id = org_id`.',
    why:
      'PostgreSQL takes the innermost table that has the name. The comparison is then one of a row with itself, nothing ties the ' +
      'subquery to the row of the policy, and a member of one group sees the rows of all groups. pgrls documents this very form as correct.',
    how: 'Write the table’s name before the column: `notes.org_id`. In a function, where a column hides an argument of the same name, rename the argument.',
    falseAlarm: 'None is known: a subquery that means its own column can say so with its alias.',
    bad: `create table members (org_id text not null, user_sub text not null, primary key (org_id, user_sub));
alter table members enable row level security;
create policy members_own on members for select to authenticated using (user_sub = auth.uid());
grant select on members to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), org_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated
  using (exists (select 1 from members m where m.org_id = org_id and m.user_sub = auth.uid()));
grant select on notes to authenticated;`,
    good: `create table members (org_id text not null, user_sub text not null, primary key (org_id, user_sub));
alter table members enable row level security;
create policy members_own on members for select to authenticated using (user_sub = auth.uid());
grant select on members to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), org_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated
  using (exists (select 1 from members m where m.org_id = notes.org_id and m.user_sub = auth.uid()));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { using, check, table } of model.policies) {
      for (const predicate of [using, check]) {
        for (const { node, column, qualifier } of predicate ? capturesIn(predicate) : []) {
          if (!table.columns.has(column)) continue;
          const at = predicate?.spanOf({ ColumnRef: node });
          if (!at) continue;
          report({
            at,
            message: `${column} is the subquery's own column here, and not that of ${table.name}: nothing ties the subquery to the row. Write ${table.name}.${column}.`,
            ...(qualifier === undefined && {
              fix: {
                title: `Write ${table.name}.${column}`,
                edits: [insertAt(at.file, at.start, `${inSql(table.name)}.`)],
              },
            }),
          });
        }
      }
    }
    for (const routine of routinesOfPolicies(model)) {
      const [hidden] = hiddenArguments(routine, model);
      if (hidden === undefined) continue;
      report({
        at: routine.at,
        message: `In the body of ${routine.name}, ${hidden} is a column and not the argument of that name, so that the argument has no effect. Rename it, or write ${routine.name}.${hidden}.`,
      });
    }
  },
});

function routinesOfPolicies(model: SchemaModel): Set<Routine> {
  const predicates = model.policies.flatMap(({ using, check }) => [using, check]);
  return new Set(
    predicates.flatMap(predicate => (predicate?.calls ?? []).flatMap(call => routinesOf(call, model))),
  );
}
