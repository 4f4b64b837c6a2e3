import type { Rule } from '../rule';
import functionDefinerExposed from './function-definer-exposed';
import functionDefinerSearchPath from './function-definer-search-path';
import functionDefinerTrustsArgument from './function-definer-trusts-argument';
import functionDefinerWritesForced from './function-definer-writes-forced';
import functionLeakproof from './function-leakproof';
import functionOverload from './function-overload';
import functionSearchPathPublic from './function-search-path-public';
import functionShadowsAuth from './function-shadows-auth';
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
import pushCreateExtension from './push-create-extension';
import pushDestructive from './push-destructive';
import pushDmlOnForced from './push-dml-on-forced';
import pushDynamicSql from './push-dynamic-sql';
import pushEditedMigration from './push-edited-migration';
import pushEnumValueUsed from './push-enum-value-used';
import pushEscalationWords from './push-escalation-words';
import pushExtensionFunction from './push-extension-function';
import pushNonTransactional from './push-non-transactional';
import pushNotIdempotent from './push-not-idempotent';
import pushOrder from './push-order';
import pushPsqlCommand from './push-psql-command';
import pushRequiredColumn from './push-required-column';
import pushSearchPath from './push-search-path';
import pushSuperuser from './push-superuser';
import pushTooLarge from './push-too-large';
import pushTransactionControl from './push-transaction-control';
import rlsNotEnabled from './rls-not-enabled';
import rlsPolicyWithoutRls from './rls-policy-without-rls';
import sqlSyntax from './sql-syntax';
import suppressNoReason from './suppress-no-reason';
import suppressUnknown from './suppress-unknown';
import suppressUnused from './suppress-unused';
import viewCallsDefiner from './view-calls-definer';
import viewNotInvoker from './view-not-invoker';

/** Every rule, alphabetically. */
export const RULES: readonly Rule[] = [
  functionDefinerExposed,
  functionDefinerSearchPath,
  functionDefinerTrustsArgument,
  functionDefinerWritesForced,
  functionLeakproof,
  functionOverload,
  functionSearchPathPublic,
  functionShadowsAuth,
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
  pushCreateExtension,
  pushDestructive,
  pushDmlOnForced,
  pushDynamicSql,
  pushEditedMigration,
  pushEnumValueUsed,
  pushEscalationWords,
  pushExtensionFunction,
  pushNonTransactional,
  pushNotIdempotent,
  pushOrder,
  pushPsqlCommand,
  pushRequiredColumn,
  pushSearchPath,
  pushSuperuser,
  pushTooLarge,
  pushTransactionControl,
  rlsNotEnabled,
  rlsPolicyWithoutRls,
  sqlSyntax,
  suppressNoReason,
  suppressUnknown,
  suppressUnused,
  viewCallsDefiner,
  viewNotInvoker,
];

export function findRule(id: string): Rule | undefined {
  return RULES.find(rule => rule.id === id);
}
