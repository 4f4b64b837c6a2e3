import type { TableVerb } from '../flux/engine';
import { isForPublic, type SchemaModel } from './model';
import type { Table } from './objects';

/**
 * What whoever owns the table gets of it, and so views without `security_invoker` and SECURITY DEFINER functions:
 * - `everything`: a superuser on v1, an owner without FORCE on v2
 * - `public-policies`: the owner is judged by policies, and some are for every role
 * - `nothing`: it is judged by policies, and none is for it
 * Undefined where nothing says that the table has row security.
 */
export function ownerGets(
  model: SchemaModel,
  table: Table,
  verb: TableVerb,
): 'everything' | 'public-policies' | 'nothing' | undefined {
  const isSecured = table.rowSecurity ?? (table.policies.length > 0 ? true : undefined);
  if (!isSecured) return undefined;
  if (model.engine === 'v1_dedicated') return 'everything';
  // Whether a table made elsewhere is exempt from FORCE its comment tells, which is not here.
  if (!table.created && table.forced !== true) return undefined;
  if (!model.isForced(table)) return 'everything';
  const policies = model.policiesFor(table, verb).filter(({ permissive }) => permissive);
  const isForOwner = policies.some(
    policy =>
      isForPublic(policy) ||
      policy.roles.some(({ name }) => name === 'current_user' || name.endsWith('_ddl')),
  );
  return isForOwner ? 'public-policies' : 'nothing';
}
