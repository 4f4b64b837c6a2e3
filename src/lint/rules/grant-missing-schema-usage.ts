import {
  addStatementAfter,
  AUTHENTICATED,
  defineRule,
  grantsOn,
  lastOf,
  relationKey,
  schemaObject,
  type SchemaModel,
  type Span,
  type Statement,
} from '../rule';

export default defineRule({
  id: 'grant-missing-schema-usage',
  title: 'Schema without USAGE for the role',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'Policies or grants give a role something in a schema that the role may not use.',
    why:
      'Without USAGE on the schema no object in it can be named: every request answers 403 with code 42501 and "permission ' +
      'denied for schema", even for tables that do not exist. The platform grants USAGE on the project’s own API schema, so ' +
      'there a missing line is reported as information, and as an error only where USAGE was revoked.',
    how: 'Add `grant usage on schema … to authenticated`.',
    falseAlarm: 'USAGE is granted outside of the pushed files.',
    bad: `create table t_1a2b3c4d5e6f_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_1a2b3c4d5e6f_api.notes enable row level security;
create policy notes_owner_read on t_1a2b3c4d5e6f_api.notes for select to authenticated using (owner_id = auth.uid());
revoke usage on schema t_1a2b3c4d5e6f_api from authenticated;
grant select on t_1a2b3c4d5e6f_api.notes to authenticated;`,
    good: `create table t_1a2b3c4d5e6f_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_1a2b3c4d5e6f_api.notes enable row level security;
create policy notes_owner_read on t_1a2b3c4d5e6f_api.notes for select to authenticated using (owner_id = auth.uid());
grant usage on schema t_1a2b3c4d5e6f_api to authenticated;
grant select on t_1a2b3c4d5e6f_api.notes to authenticated;`,
  },

  check(model, report, files) {
    const reported = new Set<string>();
    for (const { role, schema, statement } of usesOf(model)) {
      const object = schemaObject(schema);
      const origin = model.privileges.origin(object, role, 'usage');
      const known = model.isExposed(schema) || model.createdSchemas.has(schema);
      if (!known || origin === 'files' || (origin === 'platform' && role !== AUTHENTICATED)) continue;
      const made = model.createdSchemas.get(schema);
      const takes = model.grants.findLast(({ isGrant, objects }) => !isGrant && objects.includes(object));
      // What the platform gives is a word at the statement that names the schema, if one does.
      const place = origin === 'platform' ? statement : (takes?.statement ?? made ?? statement);
      const at =
        schemaToken(place, schema) ?? (origin === undefined ? schemaToken(place, 'public') : undefined);
      const id = `${role} ${place.file} ${at?.start ?? -1}`;
      if (!at || reported.has(id)) continue;
      reported.add(id);
      const name = place.textOf(at);
      const last = lastOf([...grantsOn(model, object), ...(made ? [made] : []), place], files) ?? place;
      report({
        at,
        severity: origin === undefined ? 'error' : 'info',
        message:
          origin === undefined
            ? `${role} has no USAGE on schema ${name}: whatever requests name in it answers 403, 42501 "permission denied for schema".`
            : `${role} has USAGE on schema ${name} only through the platform; a GRANT would say so here.`,
        fix: {
          title: `Grant USAGE on schema ${name} to ${role}`,
          edits: [addStatementAfter(last, `grant usage on schema ${name} to ${role}`)],
        },
      });
    }
  },
});

interface Use {
  readonly role: string;
  readonly schema: string;
  readonly statement: Statement;
}

/** The first policy or grant that gives a request role something on an object, for each object. */
function usesOf(model: SchemaModel): Iterable<Use> {
  const uses = new Map<string, Use>();
  const add = (key: string, role: string, schema: string, statement: Statement): void => {
    if (!uses.has(`${role} ${key}`)) uses.set(`${role} ${key}`, { role, schema, statement });
  };
  for (const policy of model.policies) {
    const { schema, name } = policy.table;
    for (const role of model.requestRoles)
      if (model.appliesTo(policy, role)) add(relationKey(schema, name), role, schema, policy.statement);
  }
  for (const { isGrant, grantees, schemas, objects, target, statement } of model.grants) {
    if (!isGrant || target === 'schema' || target === 'default') continue;
    for (const role of model.requestRoles) {
      if (!grantees.some(({ name }) => model.requestRoleNamed(name) === role)) continue;
      schemas.forEach((schema, index) => {
        add(objects[index] ?? schema, role, schema, statement);
      });
    }
  }
  return uses.values();
}

/** Where a statement writes a schema; an unqualified name has no such place. */
function schemaToken(statement: Statement, schema: string): Span | undefined {
  const index = statement.tokens.findIndex(({ value }) => value === schema);
  return index === -1 ? undefined : statement.tokenSpan(index);
}
