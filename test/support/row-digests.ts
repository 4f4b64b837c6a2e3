import type { LocalFlux } from '../../src/stack/local-flux';
import { selectSql } from './local-flux';

/** A digest of every row of the schema, by table. */
export async function digests(flux: LocalFlux): Promise<Record<string, unknown>> {
  const tables = await selectSql(
    flux,
    `select relname from pg_class where relnamespace = '${flux.schema}'::regnamespace and relkind = 'r' order by relname`,
  );
  const parts = tables.map(
    ({ relname }) =>
      `select '${String(relname)}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') as digest from ${flux.schema}."${String(relname)}" t`,
  );
  const rows = await selectSql(flux, parts.join(' union all '));
  return Object.fromEntries(rows.map(({ name, digest }): [string, unknown] => [String(name), digest]));
}
