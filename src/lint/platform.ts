import { engineFacts } from '../flux/engine';
import { isApiSchema, tenantOf } from '../flux/names';
import type { SchemaModel } from '../schema/model';
import { PUBLIC } from '../schema/privileges';

/** Names that stand for whoever pushes, and PUBLIC: known to every PostgreSQL. */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set([PUBLIC, 'current_user', 'session_user', 'current_role']);

/** Roles that a statement can name on this engine, but for the tenants' own. */
export function knownRoles(model: SchemaModel): string[] {
  return [...engineFacts(model.engine).roles, ...model.createdRoles];
}

/** Whether a statement may name the role: the engine has it, a file creates it, or it is a tenant's. */
export function knowsRole(model: SchemaModel, role: string): boolean {
  return (
    ALWAYS_KNOWN.has(role) ||
    role.startsWith('pg_') ||
    knownRoles(model).includes(role) ||
    (model.engine === 'v2_shared' && tenantOf(role) !== undefined && !isApiSchema(role))
  );
}
