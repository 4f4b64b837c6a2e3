import type { Engine } from '../flux/engine';
import { isApiSchema, tenantOf } from '../flux/names';
import type { CatalogQuery } from './catalog-rows';
import type { LiveProject } from './from-catalog';

/** The database does not tell which schema is meant, or has not the one that is; one sentence. */
export class LiveSchemaUnknown extends Error {
  override readonly name = 'LiveSchemaUnknown';
}

/**
 * The project in a database, where settings and files leave something open: its only API schema, and v2 where the
 * schema's tenant has a role of its own.
 * @throws {LiveSchemaUnknown}
 */
export async function liveProjectOf(
  query: CatalogQuery,
  known: { readonly engine?: Engine | undefined; readonly schema?: string | undefined },
): Promise<LiveProject> {
  const names = await query<{ name: string }>('select nspname as name from pg_namespace order by 1');
  const schemas = names.map(({ name }) => name);
  const candidates = schemas.filter(isApiSchema);
  const schema = known.schema ?? (candidates.length === 1 ? candidates[0] : undefined);
  const has = candidates.length === 0 ? 'no API schema' : candidates.join(', ');
  if (schema === undefined) {
    throw new LiveSchemaUnknown(
      candidates.length === 0
        ? 'The database has no API schema: it is not the database of a Flux project.'
        : `Which schema? The database has ${has}: set FLUX_POSTGREST_SCHEMA in .env.local.`,
    );
  }
  if (!schemas.includes(schema)) {
    throw new LiveSchemaUnknown(
      `The database has no schema ${schema}; it has ${has}. Check the database URL and FLUX_POSTGREST_SCHEMA.`,
    );
  }
  const roles = await query('select from pg_roles where rolname = $1', [tenantOf(schema)?.role ?? '']);
  return { schema, engine: known.engine ?? (roles.length > 0 ? 'v2_shared' : 'v1_dedicated') };
}
