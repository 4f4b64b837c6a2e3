import { ANON, AUTHENTICATED, type Engine } from './engine';
import { tenantOf, type TenantNames } from './names';
import { MAX_PUSH_FILE_BYTES } from './push-target';
import { adaptForV2, hasEscalationWords } from './push-adapt';

/** A table comment with this text keeps the table out of the FORCE sweep of a v2 push. */
export const NO_FORCE_MARKER = 'flux:no-force-rls';

/** One pushed file as the batches that run it, in order, in one session. */
export interface PushTransaction {
  readonly before: string;
  readonly sql: string;
  readonly after: string;
}

/** Thrown for SQL that the platform refuses before it runs any of it. */
export class PushRefused extends Error {
  override readonly name = 'PushRefused';
}

/** How the engine runs one file: one transaction, its own role and search path, and the engine's gate at the end. */
export function pushTransaction(engine: Engine, schema: string, sql: string): PushTransaction {
  if (Buffer.byteLength(sql) > MAX_PUSH_FILE_BYTES)
    throw new PushRefused('The file is larger than the 4 MiB that a push takes.');
  return engine === 'v2_shared' ? v2Transaction(schema, sql) : v1Transaction(schema, sql);
}

function v2Transaction(schema: string, sql: string): PushTransaction {
  const tenant = tenantOf(schema);
  if (!tenant) throw new PushRefused(`A v2 project's schema is t_<12 hex digits>_api, not "${schema}".`);
  if (hasEscalationWords(sql)) {
    throw new PushRefused('SQL contains disallowed privilege escalation statements');
  }
  return {
    before: `begin; set local statement_timeout = '30s'; set local role ${tenant.ddlRole}; set local search_path to ${schema};`,
    sql: adaptForV2(sql, tenant),
    after: `reset role; ${FORCE_SWEEP(tenant)} ${OWNERSHIP_GATE(tenant)} notify pgrst, 'reload schema'; commit;`,
  };
}

function v1Transaction(schema: string, sql: string): PushTransaction {
  return {
    before: `begin; set local search_path to ${schema};`,
    sql,
    after: `${UNRESTRICTED_WRITE_GATE(schema)} notify pgrst, 'reload schema'; commit;`,
  };
}

const FORCE_SWEEP = (tenant: TenantNames): string => `
do $flux$ declare target regclass; begin
  for target in
    select c.oid::regclass from pg_class c
    where c.relnamespace = '${tenant.schema}'::regnamespace and c.relkind = 'r'
      and c.relrowsecurity and not c.relforcerowsecurity
      and coalesce(obj_description(c.oid, 'pg_class'), '') not like '%${NO_FORCE_MARKER}%'
  loop execute format('alter table %s force row level security', target); end loop;
end $flux$;`;

const OWNERSHIP_GATE = (tenant: TenantNames): string => `
do $flux$ declare owned int; begin
  select count(*) into owned from pg_class c
  where c.relnamespace = '${tenant.schema}'::regnamespace and c.relkind in ('r', 'v', 'm', 'S')
    and pg_get_userbyid(c.relowner) = '${tenant.role}';
  if owned > 0 then
    raise exception 'Refusing push: % object(s) in ${tenant.schema} are owned by the runtime role ${tenant.role}, which bypasses RLS', owned;
  end if;
end $flux$;`;

const UNRESTRICTED_WRITE_GATE = (schema: string): string => `
do $flux$ declare offenders text; begin
  select string_agg(format('%I.%I (%s)', '${schema}', relname, writes), '; ' order by relname) into offenders
  from pg_class c, lateral (
    select string_agg(format('%s %s', grantee, privilege), ', ' order by grantee, privilege) as writes
    from unnest(array['${ANON}', '${AUTHENTICATED}', 'PUBLIC']) grantee,
         unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) privilege
    where case when grantee = 'PUBLIC'
      then exists (select 1 from aclexplode(c.relacl) a where a.grantee = 0 and a.privilege_type = privilege)
      else has_table_privilege(grantee, c.oid, privilege) end
  ) granted
  where c.relnamespace = '${schema}'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity and writes is not null;
  if offenders is not null then
    raise exception using errcode = '42501',
      message = 'Refusing push: unrestricted write on RLS-disabled exposed API table(s): ' || offenders,
      hint = 'Enable row level security and add policies, or revoke INSERT/UPDATE/DELETE/TRUNCATE from anon, authenticated, and PUBLIC. Flux does not change the schema automatically.';
  end if;
end $flux$;`;
