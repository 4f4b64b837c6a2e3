import {
  addStatementAfter,
  AUTHENTICATED,
  defineRule,
  escalationOf,
  lastOf,
  relationKey,
  type Escalation,
  type SchemaModel,
  type SourceFile,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-self-escalation',
  title: 'Users who may change what they are allowed',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC045'],
  docs: {
    what: 'Users may write their own row of a table of people, and the row says what they are allowed: `role`, `is_admin`, `plan`, `credits`.',
    why: 'A policy judges rows and not columns. `owner_id = auth.uid()` stays true whatever is written into the other columns, so that a user makes himself an administrator with one PATCH.',
    how: 'Revoke UPDATE on the table, which v1 dedicated grants by itself, and grant it on the columns that users may change: `grant update (display_name) on profiles to authenticated`.',
    falseAlarm:
      'A column that only looks like it. Nothing is said where WITH CHECK speaks of the column, where a BEFORE trigger may ' +
      'guard it, and for tables that do not hold one row for each person.',
    bad: `create table profiles (user_id text primary key, display_name text, is_admin boolean not null default false);
alter table profiles enable row level security;
create policy profiles_own_read on profiles for select to authenticated using (user_id = auth.uid());
create policy profiles_own_update on profiles for update to authenticated using (user_id = auth.uid());
grant select, update on profiles to authenticated;`,
    good: `create table profiles (user_id text primary key, display_name text, is_admin boolean not null default false);
alter table profiles enable row level security;
create policy profiles_own_read on profiles for select to authenticated using (user_id = auth.uid());
create policy profiles_own_update on profiles for update to authenticated using (user_id = auth.uid());
revoke update on profiles from authenticated;
grant select, update (display_name) on profiles to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.tables.values()) {
      const escalation = escalationOf(table, model);
      if (!escalation) continue;
      const { policy, columns, verbs } = escalation;
      const names = columns.join(', ');
      const granted = verbs.map(verb => verb.toUpperCase()).join(' and ');
      report({
        at: policy.at,
        message: `${policy.name} lets users write ${names} of their own row of ${table.name}: a policy does not look at columns. Grant ${granted} on the other columns only.`,
        related: columns.flatMap(name => {
          const at = table.columns.get(name)?.at;
          return at ? [{ at, message: `${name} says what a user is allowed` }] : [];
        }),
        fix: {
          title: `Grant ${granted} without ${names}`,
          edits: [byColumn(escalation, model, files)],
        },
      });
    }
  },
});

function byColumn(
  { policy, columns, verbs }: Escalation,
  model: SchemaModel,
  files: readonly SourceFile[],
): TextEdit {
  const { table, statement } = policy;
  const others = [...table.columns.values()].filter(({ name }) => !columns.includes(name));
  const names = others.map(({ statement: made, at }) => made.textOf(at)).join(', ');
  const key = relationKey(table.schema, table.name);
  const grants = model.grants.filter(({ objects }) => objects.includes(key)).map(grant => grant.statement);
  const given = verbs.map(verb => `${verb} (${names})`).join(', ');
  return addStatementAfter(
    lastOf([statement, ...grants], files) ?? statement,
    `revoke ${verbs.join(', ')} on ${table.written} from ${AUTHENTICATED};\ngrant ${given} on ${table.written} to ${AUTHENTICATED}`,
  );
}
