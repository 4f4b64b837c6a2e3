import {
  allOrNone,
  defineRule,
  isApiSchema,
  qualifiedNamesIn,
  removeStatement,
  replaceByOwn,
  tenantOf,
  type SchemaModel,
  type SourceFile,
  type Span,
  type Statement,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'schema-other',
  title: 'Schema that is not the project’s',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'The files name the API schema of another project, or of two projects. On v2 shared also: `api`, any schema of one’s own, and CREATE SCHEMA.',
    why: 'The push fails with 3F000 "schema … does not exist". A project on v2 shared has one schema, and its pushes may not create another: CREATE SCHEMA fails with 42501, also with IF NOT EXISTS.',
    how: 'Leave the schema away: unqualified names land in the project’s own. What requests must not reach on v2 shared takes `revoke all on … from anon, authenticated` instead of a schema of its own.',
    falseAlarm: 'None known, as long as the API schema in the settings is the project’s.',
    bad: `create table t_1a2b3c4d5e6f_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_1a2b3c4d5e6f_api.notes enable row level security;
create policy notes_owner_read on t_1a2b3c4d5e6f_api.notes for select to authenticated using (owner_id = auth.uid());
grant select on t_0f9e8d7c6b5a_api.notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    const places = files.flatMap(file => placesIn(model, file));
    const told = new Set<string>();
    for (const { schema, at, makes } of places) {
      const place = `${at.file} ${schema}`;
      if (told.has(place)) continue;
      told.add(place);
      // A schema of one's own may be meant to be out of reach: without it its tables would be exposed.
      const edits = isApiSchema(schema)
        ? allOrNone(places.filter(other => other.schema === schema).map(({ edit }) => edit))
        : undefined;
      const own = model.ownSchema === undefined || model.ownSchema === schema ? '' : ` (${model.ownSchema})`;
      report({
        at,
        message: makes
          ? `A v2 push may not create schemas: it fails with 42501, and the project's own schema is there already.`
          : `${schema} is not the project's schema${own}: the push fails with 3F000. Unqualified names land in the project's own.`,
        ...(edits && { fix: { title: `Take ${schema} out of the push`, edits } }),
      });
    }
  },
});

interface Place {
  readonly schema: string;
  readonly at: Span;
  readonly makes: boolean;
  readonly edit: TextEdit | undefined;
}

function placesIn(model: SchemaModel, { statements, text }: SourceFile): Place[] {
  return statements.flatMap(statement => {
    if ('CreateSchemaStmt' in statement.node) return createdIn(model, statement, text);
    const { tokens } = statement;
    const qualifiers = qualifiedNamesIn(statement).filter(
      ({ schema, name }) =>
        (tenantOf(schema) !== undefined || isObject(model, schema, name)) && isOther(model, schema),
    );
    // After `schema`, or anywhere in the case of a name that only a project can have.
    const alone = tokens.flatMap(({ value: schema }, index) => {
      const isNamed = schema.startsWith('t_') || (schema === 'api' && tokens[index - 1]?.value === 'schema');
      if (!isNamed || tokens[index + 1]?.value === '.') return [];
      return isApiSchema(schema) && isOther(model, schema)
        ? [{ schema, index, at: statement.tokenSpan(index) }]
        : [];
    });
    return [...qualifiers, ...alone].map(({ schema, index, at }) => {
      return { schema, at, makes: false, edit: replaceByOwn(model, statement, index) };
    });
  });
}

function createdIn({ engine }: SchemaModel, statement: Statement, text: string): Place[] {
  if (engine !== 'v2_shared' || !('CreateSchemaStmt' in statement.node)) return [];
  const at = statement.tokenSpan(statement.tokens[2]?.value === 'if' ? 5 : 2);
  const { schemaname: schema = '' } = statement.node.CreateSchemaStmt;
  return [{ schema, at, makes: true, edit: removeStatement(statement, text) }];
}

/** Schemas that PostgreSQL and the platform have, with rules of their own. */
const SHARED = /^(?:|public|auth|pg_catalog|information_schema|pg_temp)$/;

function isOther(model: SchemaModel, schema: string): boolean {
  if (SHARED.test(schema) || schema === model.ownSchema || model.isSampleName(schema)) return false;
  if (model.engine === 'v2_shared') return true;
  return isApiSchema(schema) && model.ownSchema !== undefined && !model.createdSchemas.has(schema);
}

/** Not an alias before a column. */
function isObject({ tables, views, routines }: SchemaModel, schema: string, name: string): boolean {
  const key = `${schema}.${name}`;
  return tables.has(key) || views.has(key) || routines.has(key);
}
