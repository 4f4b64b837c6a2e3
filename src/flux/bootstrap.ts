import { ANON, AUTHENTICATED, SERVICE_ROLE, type Engine } from './engine';
import type { TenantNames } from './names';

/**
 * `auth.uid()` as the platform ships it: the subject as text, NULL when there is none. An empty claims setting fails
 * the cast (22P02) here as it does there.
 */
const AUTH_UID = `
create schema if not exists auth;
create or replace function auth.uid() returns text language sql stable
  as $$ select nullif(current_setting('request.jwt.claims', true)::json ->> 'sub', '')::text $$;`;

/** PostgREST calls this before each request on v2: it narrows the session to the tenant of the role. */
const V2_HOOKS = `
create or replace function public.flux_set_tenant_context() returns void language plpgsql set search_path = public as $$
begin
  if current_user ~ '^t_[0-9a-f]{12}_role$' then
    perform set_config('search_path', substring(current_user from '^t_[0-9a-f]{12}') || '_api', true);
    perform set_config('statement_timeout', '15s', true);
  end if;
end $$;
grant execute on function public.flux_set_tenant_context() to public;`;

/** Name of the PostgREST pre-request hook that {@link v2Bootstrap} creates. */
export const V2_PRE_REQUEST = 'public.flux_set_tenant_context';

/** Role that PostgREST logs in as on v2. */
export const AUTHENTICATOR = 'authenticator';

/**
 * SQL for a superuser that makes an empty PostgreSQL look like a v2 cluster with one tenant. `authenticatorPassword`
 * is quoted as a literal; `tenantId` is the UUID the schema's comment and the bridge token carry.
 */
export function v2Bootstrap(tenant: TenantNames, tenantId: string, authenticatorPassword: string): string {
  const { schema, role, ddlRole } = tenant;
  return `
create role ${AUTHENTICATOR} login noinherit nosuperuser nocreatedb nocreaterole password ${literal(authenticatorPassword)};
create role ${ANON} nologin noinherit;
grant ${ANON} to ${AUTHENTICATOR};
${AUTH_UID}
grant usage on schema auth to ${ANON}, ${AUTHENTICATOR};
${V2_HOOKS}
create schema ${schema};
comment on schema ${schema} is ${literal(`tenant:${tenantId}`)};
create role ${role};
create role ${ddlRole} nologin noinherit nosuperuser nocreatedb nocreaterole;
alter schema ${schema} owner to ${ddlRole};
grant usage on schema ${schema} to ${role}, ${ANON}, ${AUTHENTICATOR};
grant usage on schema auth to ${role}, ${ddlRole};
alter default privileges for role ${ddlRole} in schema ${schema} grant select on tables to ${role}, ${ANON};
alter default privileges for role ${ddlRole} in schema ${schema} grant usage, select on sequences to ${role};
alter role ${role} set search_path = ${schema};
grant ${role} to ${AUTHENTICATOR};
`;
}

/** SQL for a superuser called `postgres` that makes an empty PostgreSQL look like a v1 project. */
export function v1Bootstrap(schema: string): string {
  const roles = [ANON, AUTHENTICATED, SERVICE_ROLE].join(', ');
  return `
create schema ${schema};
create role ${AUTHENTICATOR} noinherit nosuperuser nocreatedb nocreaterole;
create role ${ANON} nologin noinherit;
create role ${AUTHENTICATED} nologin noinherit;
create role ${SERVICE_ROLE} nologin noinherit bypassrls;
grant ${roles} to ${AUTHENTICATOR};
${AUTH_UID}
grant usage on schema auth to ${ANON}, ${AUTHENTICATED}, ${AUTHENTICATOR};
grant usage on schema ${schema}, public to ${roles};
alter default privileges for role postgres in schema ${schema} grant all on tables to ${roles};
alter default privileges for role postgres in schema ${schema} grant all on sequences to ${roles};
`;
}

/** Schemas PostgREST exposes, the default one first. */
export function exposedSchemas(engine: Engine, schema: string): string {
  return engine === 'v2_shared' ? `public,${schema}` : `${schema},public`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
