import type { Rule } from '../rule';
import grantMissingSchemaUsage from './grant-missing-schema-usage';
import grantMissingTable from './grant-missing-table';
import grantUnknownRole from './grant-unknown-role';
import ownerNullable from './owner-nullable';
import ownerUuid from './owner-uuid';
import ownerUuidCast from './owner-uuid-cast';
import policyAlwaysTrue from './policy-always-true';
import policyClaimNotForwarded from './policy-claim-not-forwarded';
import policyClaimsEmptyCast from './policy-claims-empty-cast';
import policyClaimsMissingOk from './policy-claims-missing-ok';
import policyClientSetting from './policy-client-setting';
import policyCustomSetting from './policy-custom-setting';
import policyEditableClaim from './policy-editable-claim';
import policyExistenceOracle from './policy-existence-oracle';
import policyFunctionOnColumn from './policy-function-on-column';
import policyInitplan from './policy-initplan';
import policyJsonArrow from './policy-json-arrow';
import policyLegacyClaimSetting from './policy-legacy-claim-setting';
import policyRoleClaim from './policy-role-claim';
import policySupabaseFunction from './policy-supabase-function';
import policyTenantIdClaim from './policy-tenant-id-claim';
import policyToPublic from './policy-to-public';
import policyVolatileFunction from './policy-volatile-function';
import policyWrongClause from './policy-wrong-clause';
import rlsNotEnabled from './rls-not-enabled';
import rlsPolicyWithoutRls from './rls-policy-without-rls';
import sqlSyntax from './sql-syntax';
import viewNotInvoker from './view-not-invoker';

/** Every rule, alphabetically. */
export const RULES: readonly Rule[] = [
  grantMissingSchemaUsage,
  grantMissingTable,
  grantUnknownRole,
  ownerNullable,
  ownerUuid,
  ownerUuidCast,
  policyAlwaysTrue,
  policyClaimNotForwarded,
  policyClaimsEmptyCast,
  policyClaimsMissingOk,
  policyClientSetting,
  policyCustomSetting,
  policyEditableClaim,
  policyExistenceOracle,
  policyFunctionOnColumn,
  policyInitplan,
  policyJsonArrow,
  policyLegacyClaimSetting,
  policyRoleClaim,
  policySupabaseFunction,
  policyTenantIdClaim,
  policyToPublic,
  policyVolatileFunction,
  policyWrongClause,
  rlsNotEnabled,
  rlsPolicyWithoutRls,
  sqlSyntax,
  viewNotInvoker,
];

export function findRule(id: string): Rule | undefined {
  return RULES.find(rule => rule.id === id);
}
