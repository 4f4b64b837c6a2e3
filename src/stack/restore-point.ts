import { Database } from '../database/connection';

/** Name of the policies that are added to a schema to see what they break. */
export const PLANTED_POLICY = 'flux-rls self-test';

/**
 * What a schema is made of besides its tables and rows, to be given back after something was planted into it: row
 * security, policies, privileges, defaults, triggers, views and functions. Faster than another push, and PostgREST need
 * not read the schema anew.
 */
export class RestorePoint {
  private constructor(
    private readonly databaseUrl: string,
    private readonly sql: string,
  ) {}

  /** Remembers a schema as it is now. */
  static async of(databaseUrl: string, schema: string): Promise<RestorePoint> {
    const database = await Database.connect(databaseUrl);
    try {
      const { rows } = await database.query<{ sql: string }>(STATEMENTS, [schema]);
      return new RestorePoint(databaseUrl, rows.map(({ sql }) => sql).join(';\n'));
    } finally {
      await database.close();
    }
  }

  /** Gives it back, in one transaction. */
  async restore(): Promise<void> {
    const database = await Database.connect(this.databaseUrl);
    try {
      await database.query(this.sql);
    } finally {
      await database.close();
    }
  }
}

/** Statements by which the superuser makes a schema what it is now; names are qualified, for no search path has it. */
const STATEMENTS = `
with relations as (select * from pg_class where relnamespace = to_regnamespace(quote_ident($1)))
select 1 as place, format('alter table %s %s row level security; alter table %1$s %s row level security; drop policy if exists ${JSON.stringify(PLANTED_POLICY)} on %1$s',
  oid::regclass, case when relrowsecurity then 'enable' else 'disable' end, case when relforcerowsecurity then 'force' else 'no force' end) as sql
from relations where relkind in ('r', 'p')
union all
select 2, format('drop policy if exists %I on %I.%I; create policy %1$I on %2$I.%3$I as %s for %s to %s%s%s', policyname, schemaname, tablename,
  permissive, cmd, array_to_string(array(select quote_ident(role) from unnest(roles) role), ', '), ' using (' || qual || ')',
  ' with check (' || with_check || ')')
from pg_policies where schemaname = $1
union all
-- As GRANT and REVOKE leave them; NULL is what the owner has by default.
select 3, format('update pg_class set relacl = %L where oid = %s', relacl, oid) from relations where relkind in ('r', 'p', 'v', 'm')
union all
select 3, format('update pg_attribute set attacl = %L where attrelid = %s and attnum = %s', attacl, attrelid, attnum)
from pg_attribute join relations on relations.oid = attrelid where relkind in ('r', 'p') and attnum > 0
union all
select 4, format('alter table %s alter %I set default %s', adrelid::regclass, attname, pg_get_expr(adbin, adrelid))
from pg_attrdef join relations on relations.oid = adrelid join pg_attribute on attrelid = adrelid and attnum = adnum
where attgenerated = '' and relkind in ('r', 'p')
union all
select 5, replace(pg_get_triggerdef(pg_trigger.oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')
from pg_trigger join relations on relations.oid = tgrelid where not tgisinternal and tgconstraint = 0
union all
select 6, format('alter view %s set (%s)', oid::regclass, array_to_string(reloptions, ', ')) from relations
where relkind = 'v' and reloptions is not null
union all
select 7, pg_get_functiondef(oid) from pg_proc where pronamespace = to_regnamespace(quote_ident($1)) and prokind = 'f'
order by place`;
