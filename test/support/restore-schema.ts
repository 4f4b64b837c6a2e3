import type { LocalFlux } from '../../src/stack/local-flux';
import { runSql, selectSql } from './local-flux';

/**
 * SQL that gives a schema the policies, privileges, defaults, triggers, views and functions back that it has now. Much
 * faster than another push, and PostgREST need not read the schema anew.
 */
async function restoringSql(flux: LocalFlux): Promise<string> {
  const schema = `'${flux.schema}'`;
  const rows = await selectSql(
    flux,
    `with relations as (select * from pg_class where relnamespace = ${schema}::regnamespace)
     select 1 as place, format('alter table %s %s row level security; alter table %1$s %s row level security', oid::regclass,
       case when relrowsecurity then 'enable' else 'disable' end, case when relforcerowsecurity then 'force' else 'no force' end) as sql
     from relations where relkind = 'r'
     union all
     select 2, format('drop policy if exists %I on %I.%I; create policy %1$I on %2$I.%3$I as %s for %s to %s%s%s', policyname, schemaname,
       tablename, permissive, cmd, array_to_string(array(select quote_ident(role) from unnest(roles) role), ', '),
       ' using (' || qual || ')', ' with check (' || with_check || ')')
     from pg_policies where schemaname = ${schema}
     union all
     select 3, format('update pg_class set relacl = %L where oid = %s', relacl, oid) from relations where relkind in ('r', 'v')
     union all
     select 3, format('update pg_attribute set attacl = %L where attrelid = %s and attnum = %s', attacl, attrelid, attnum)
     from pg_attribute join relations on relations.oid = attrelid where relkind = 'r' and attnum > 0
     union all
     select 4, format('alter table %s alter %I set default %s', adrelid::regclass, attname, pg_get_expr(adbin, adrelid))
     from pg_attrdef join relations on relations.oid = adrelid join pg_attribute on attrelid = adrelid and attnum = adnum
     where attgenerated = ''
     union all
     select 5, replace(pg_get_triggerdef(pg_trigger.oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')
     from pg_trigger join relations on relations.oid = tgrelid where not tgisinternal
     union all
     select 6, format('alter view %s set (%s)', oid::regclass, array_to_string(reloptions, ', ')) from relations
     where relkind = 'v' and reloptions is not null
     union all
     select 7, pg_get_functiondef(oid) from pg_proc where pronamespace = ${schema}::regnamespace and prokind = 'f'
     order by place`,
  );
  return rows.map(({ sql }) => String(sql)).join(';\n');
}

/** Remembers what a schema is, and gives it back after a defect was planted. */
export async function restorer(flux: LocalFlux): Promise<() => Promise<void>> {
  const sql = await restoringSql(flux);
  return async () => {
    // A policy that a defect added has no place in what is given back.
    const added = await selectSql(
      flux,
      `select format('drop policy %I on %I.%I', policyname, schemaname, tablename) as sql
       from pg_policies where schemaname = '${flux.schema}' and policyname = 'flux-rls self-test'`,
    );
    await runSql(flux, [...added.map(({ sql }) => String(sql)), sql].join(';\n'));
  };
}

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
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
