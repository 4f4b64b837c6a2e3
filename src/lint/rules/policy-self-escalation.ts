import {
  addStatementAfter,
  AUTHENTICATED,
  audienceThrough,
  clausesOf,
  concernsRequests,
  defineRule,
  isChoosable,
  lastOf,
  relationKey,
  type Policy,
  type SchemaModel,
  type SourceFile,
  type Table,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-self-escalation',
  title: 'Users who may change what they are allowed',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC045'],
  docs: {
    what: 'Users may update their own row of a table of people, and the row says what they are allowed: `role`, `is_admin`, `plan`, `credits`.',
    why: 'A policy judges rows and not columns. `owner_id = auth.uid()` stays true whatever is written into the other columns, so that a user makes himself an administrator with one PATCH.',
    how: 'Revoke UPDATE on the table, which v1 dedicated grants by itself, and grant it on the columns that users may change: `grant update (display_name) on profiles to authenticated`.',
    falseAlarm:
      'A column that only looks like it. Nothing is said where WITH CHECK speaks of the column, where a BEFORE UPDATE trigger may ' +
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
    for (const policy of model.policies) {
      const { table, verb } = policy;
      if ((verb !== 'update' && verb !== 'all') || !policy.permissive || !concernsRequests(policy, model))
        continue;
      if (audienceThrough(policy, 'found', model) !== 'owner' || !isOfPeople(table, model)) continue;
      const key = relationKey(table.schema, table.name);
      if (model.privileges.origin(key, AUTHENTICATED, 'update') === undefined) continue;
      const spoken = new Set(clausesOf(policy).written?.columns.map(({ column }) => column));
      const raised = [...table.columns.keys()].filter(
        name => TELLING.test(name) && !spoken.has(name) && isChoosable(table, [name], 'update', model),
      );
      if (raised.length === 0) continue;
      report({
        at: policy.at,
        message: `${policy.name} lets users change their own ${raised.join(', ')}: a policy does not look at columns. Grant UPDATE on the other columns only.`,
        related: raised.flatMap(name => {
          const at = table.columns.get(name)?.at;
          return at ? [{ at, message: `${name} is a column of ${table.name}` }] : [];
        }),
        ...(model.privileges.wholeOrigin(key, AUTHENTICATED, 'update') !== undefined && {
          fix: {
            title: `Grant UPDATE without ${raised.join(', ')}`,
            edits: [byColumn(table, raised, policy, model, files)],
          },
        }),
      });
    }
  },
});

const TELLING =
  /^(?:(?:user|member|account|app|system)_?)?(?:roles?|permissions?|scopes?|is_?admin|is_?superuser|is_?super_?admin|is_?staff|is_?owner|is_?moderator|is_?verified|is_?premium|is_?pro|is_?banned|admin|superuser|plan|tier|subscription(?:_(?:plan|tier|status))?|credits?|balance|quota|access_level)$/;

const PEOPLE = /user|profile|member|account|person|people|staff|customer|employee/;

/** One row for each person: the owner column is the key or part of it, or the table's name says so. */
function isOfPeople(table: Table, model: SchemaModel): boolean {
  if (PEOPLE.test(table.name)) return true;
  const owners = model.ownerColumnsByUse(table);
  return table.uniqueKeys.some(
    ({ columns }) => columns.length === 1 && columns.every(column => owners.has(column)),
  );
}

function byColumn(
  table: Table,
  raised: readonly string[],
  policy: Policy,
  model: SchemaModel,
  files: readonly SourceFile[],
): TextEdit {
  const others = [...table.columns.values()].filter(({ name }) => !raised.includes(name));
  const names = others.map(({ statement, at }) => statement.textOf(at)).join(', ');
  const key = relationKey(table.schema, table.name);
  const grants = model.grants
    .filter(({ objects }) => objects.includes(key))
    .map(({ statement }) => statement);
  const last = lastOf([policy.statement, ...grants], files) ?? policy.statement;
  return addStatementAfter(
    last,
    `revoke update on ${table.written} from ${AUTHENTICATED};\ngrant update (${names}) on ${table.written} to ${AUTHENTICATED}`,
  );
}
