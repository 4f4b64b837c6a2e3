import {
  defineRule,
  isApiSchema,
  relationsUsed,
  replaceAt,
  requestCode,
  type RangeVar,
  type Routine,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'function-search-path-public',
  title: 'Search path that leaves the API schema out',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A function sets `search_path` to `public` or to nothing, and names tables that are in the API schema.',
    why:
      'Pushed tables live in the API schema, on both engines. A function in SQL makes the push fail with 42P01 "relation does not ' +
      'exist"; one in PL/pgSQL passes it and fails at every call. Other linters and platforms recommend exactly this setting.',
    how: 'Write `set search_path from current`: it keeps the path of the push, which is the API schema.',
    falseAlarm:
      'A v1 database that keeps tables in `public`; those that the push makes there are not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function note_count() returns bigint language sql stable set search_path = public
  as $$ select count(*) from notes $$;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function note_count() returns bigint language sql stable set search_path from current
  as $$ select count(*) from notes $$;`,
  },

  check(model, report) {
    for (const routine of [...model.routines.values()].flat()) {
      const { searchPath, name } = routine;
      if (!searchPath || searchPath.fromCurrent || hasApiSchema(searchPath.schemas, model)) continue;
      const found = missedRelation(routine, searchPath.schemas, model);
      if (!found) continue;
      const written = [found.relation.schemaname, found.relation.relname].filter(Boolean).join('.');
      const fix = {
        title: 'Keep the search path of the push',
        edits: [replaceAt(searchPath.at, 'set search_path from current')],
      };
      report({
        at: searchPath.at,
        message: `${written} is not where ${name} looks: tables of a push are in the API schema, and it fails with 42P01. Use set search_path from current.`,
        related: [{ at: found.at, message: `${name} reads ${written} here` }],
        // `public.notes` stays wrong with any search path.
        ...(found.relation.schemaname === undefined && { fix }),
      });
    }
  },
});

function hasApiSchema(schemas: readonly string[], model: SchemaModel): boolean {
  return schemas.some(schema => schema === model.apiSchema || isApiSchema(schema) || schema === '$user');
}

/** The first table or view of the body that cannot be found. */
function missedRelation(
  routine: Routine,
  schemas: readonly string[],
  model: SchemaModel,
): { relation: RangeVar; at: Routine['at'] } | undefined {
  for (const code of requestCode(model)) {
    if (code.owner.kind !== 'routine' || code.owner.routine !== routine) continue;
    const relation = relationsUsed(code.node).find(({ node }) => isMissed(node, schemas, model))?.node;
    if (relation) return { relation, at: code.tokenAt(relation.location) };
  }
  return undefined;
}

function isMissed(
  { relname = '', schemaname }: RangeVar,
  schemas: readonly string[],
  model: SchemaModel,
): boolean {
  const isV2 = model.engine === 'v2_shared';
  if (schemaname !== undefined) return isV2 && schemaname === 'public' && schemas.join('') === '';
  if (relname.startsWith('pg_')) return false;
  const isThere = schemas.some(schema => schema !== '' && isMade(relname, schema, model));
  // On v2 nothing of a project is outside of its schema; on v1 only what the files make is known.
  return !isThere && (isV2 || isMade(relname, model.apiSchema ?? '', model));
}

function isMade(name: string, schema: string, model: SchemaModel): boolean {
  const key = model.keyOf(name, schema);
  return model.tables.get(key)?.created !== undefined || model.views.has(key);
}
