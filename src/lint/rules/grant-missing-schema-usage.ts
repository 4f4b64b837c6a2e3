import {
  addStatementAfter,
  defineRule,
  lastOf,
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
    for (const [schema, statements] of statementsBySchema(model)) {
      const known = model.isExposed(schema) || model.createdSchemas.has(schema);
      const first = statements.find(statement => schemaToken(statement, schema));
      const at = first && schemaToken(first, schema);
      if (!known || !at) continue;
      const role = 'authenticated';
      const origin = model.privileges.origin(schemaObject(schema), role, 'usage');
      if (origin === 'files') continue;
      const touching = model.grants.filter(({ objects }) => objects.includes(schemaObject(schema)));
      const last = lastOf([first, ...touching.map(({ statement }) => statement)], files) ?? first;
      report({
        at,
        severity: origin === undefined ? 'error' : 'info',
        message:
          origin === undefined
            ? `${role} has no USAGE on schema ${schema}: every request answers 403, 42501 "permission denied for schema ${schema}".`
            : `${role} has USAGE on schema ${schema} only through the platform; a GRANT would say so here.`,
        fix: {
          title: `Grant USAGE on schema ${schema} to ${role}`,
          edits: [addStatementAfter(last, `grant usage on schema ${schema} to ${role}`)],
        },
      });
    }
  },
});

/** Policies and table grants for `authenticated`, by the schema they name. */
function statementsBySchema(model: SchemaModel): Map<string, Statement[]> {
  const found = new Map<string, Statement[]>();
  const add = (schema: string, statement: Statement): void => {
    found.set(schema, [...(found.get(schema) ?? []), statement]);
  };
  for (const policy of model.policies) {
    if (model.appliesTo(policy, 'authenticated')) add(policy.table.schema, policy.statement);
  }
  for (const { isGrant, grantees, schemas, objects, statement } of model.grants) {
    const named = grantees.some(({ name }) => model.requestRoleNamed(name) === 'authenticated');
    const onTables = !objects.some(object => object.startsWith(schemaObject('')));
    if (isGrant && named && onTables) for (const schema of schemas) add(schema, statement);
  }
  return found;
}

/** Where the statement writes the schema; an unqualified name has no such place, and no portable GRANT either. */
function schemaToken(statement: Statement, schema: string): Span | undefined {
  const index = statement.tokens.findIndex(({ value }) => value === schema);
  return index === -1 ? undefined : statement.tokenSpan(index);
}
