import { AUTHENTICATED, type Engine } from './engine';

/** The names a v2 tenant's objects carry, all derived from the same 12 hex digits. */
export interface TenantNames {
  readonly id: string;
  readonly schema: string;
  /** Requests run as this role; it owns nothing. */
  readonly role: string;
  /** Pushed SQL runs as this role; it owns the schema and is no superuser. */
  readonly ddlRole: string;
}

const TENANT_NAME = /^t_([0-9a-f]{12})_(api|role|ddl)$/;

/** API schema of older v1 projects. */
export const V1_SCHEMA = 'api';

/** The tenant a schema or role name such as `t_5ecfa3ab72d1_api` belongs to, or undefined for any other name. */
export function tenantOf(name: string): TenantNames | undefined {
  const id = TENANT_NAME.exec(name)?.[1];
  return id === undefined
    ? undefined
    : { id, schema: `t_${id}_api`, role: `t_${id}_role`, ddlRole: `t_${id}_ddl` };
}

/** True for names that the platform issues as API schemas: `t_<12 hex>_api` and, on v1, `api`. */
export function isApiSchema(name: string): boolean {
  return name === V1_SCHEMA || tenantOf(name)?.schema === name;
}

/** The role that signed-in requests against `schema` run as. */
export function requestRole(engine: Engine, schema: string): string {
  return engine === 'v2_shared' ? (tenantOf(schema)?.role ?? AUTHENTICATED) : AUTHENTICATED;
}
