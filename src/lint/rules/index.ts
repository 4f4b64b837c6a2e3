import type { Rule } from '../rule';
import columnMissing from './column-missing';
import functionDefinerExposed from './function-definer-exposed';
import functionDefinerSearchPath from './function-definer-search-path';
import functionDefinerTrustsArgument from './function-definer-trusts-argument';
import functionDefinerWritesForced from './function-definer-writes-forced';
import functionLeakproof from './function-leakproof';
import functionOverload from './function-overload';
import functionSearchPathPublic from './function-search-path-public';
import functionShadowsAuth from './function-shadows-auth';
import grantBeforeCreate from './grant-before-create';
import grantColumnRevokeIneffective from './grant-column-revoke-ineffective';
import grantColumnSubset from './grant-column-subset';
import grantMissingFunction from './grant-missing-function';
import grantMissingSchemaUsage from './grant-missing-schema-usage';
import grantMissingSequence from './grant-missing-sequence';
import grantMissingTable from './grant-missing-table';
import grantNotAdapted from './grant-not-adapted';
import grantOption from './grant-option';
import grantOtherTenantRole from './grant-other-tenant-role';
import grantOverAdapted from './grant-over-adapted';
import grantPrivateTableReadable from './grant-private-table-readable';
import grantRoleMembership from './grant-role-membership';
import grantToAnon from './grant-to-anon';
import grantToPublic from './grant-to-public';
import grantTruncate from './grant-truncate';
import grantUnknownRole from './grant-unknown-role';
import grantWithoutPolicy from './grant-without-policy';
import grantWriteWithoutSelect from './grant-write-without-select';
import identifierTooLong from './identifier-too-long';
import ownerCurrentUser from './owner-current-user';
import ownerEmailKey from './owner-email-key';
import ownerForeignAuthUsers from './owner-foreign-auth-users';
import ownerInconsistent from './owner-inconsistent';
import ownerLiteral from './owner-literal';
import ownerNoDefault from './owner-no-default';
import ownerNoIndex from './owner-no-index';
import ownerNotText from './owner-not-text';
import ownerNullable from './owner-nullable';
import ownerUuid from './owner-uuid';
import ownerUuidAsText from './owner-uuid-as-text';
import ownerUuidCast from './owner-uuid-cast';
import policyAlwaysFalse from './policy-always-false';
import policyAlwaysTrue from './policy-always-true';
import policyAndOrMixed from './policy-and-or-mixed';
import policyAnonWrite from './policy-anon-write';
import policyAnyAuthenticated from './policy-any-authenticated';
import policyCapturedColumn from './policy-captured-column';
import policyCheckWeaker from './policy-check-weaker';
import policyClaimNotForwarded from './policy-claim-not-forwarded';
import policyClaimsEmptyCast from './policy-claims-empty-cast';
import policyClaimsMissingOk from './policy-claims-missing-ok';
import policyClauseless from './policy-clauseless';
import policyClientSetting from './policy-client-setting';
import policyCustomSetting from './policy-custom-setting';
import policyDefinerHelperForced from './policy-definer-helper-forced';
import policyDuplicateBody from './policy-duplicate-body';
import policyDuplicateName from './policy-duplicate-name';
import policyEditableClaim from './policy-editable-claim';
import policyExistenceOracle from './policy-existence-oracle';
import policyForAllReadIntent from './policy-for-all-read-intent';
import policyFunctionOnColumn from './policy-function-on-column';
import policyHardCodedTenant from './policy-hard-coded-tenant';
import policyHelperUnknown from './policy-helper-unknown';
import policyInitplan from './policy-initplan';
import policyInsertNotVisible from './policy-insert-not-visible';
import policyInsertUncheckedOwner from './policy-insert-unchecked-owner';
import policyInvertedSubject from './policy-inverted-subject';
import policyJsonArrow from './policy-json-arrow';
import policyLegacyClaimSetting from './policy-legacy-claim-setting';
import policyLikeSubject from './policy-like-subject';
import policyMissingVerb from './policy-missing-verb';
import policyMultiplePermissive from './policy-multiple-permissive';
import policyNoSubject from './policy-no-subject';
import policyNotAdapted from './policy-not-adapted';
import policyNotInNull from './policy-not-in-null';
import policyNullSubject from './policy-null-subject';
import policyOtherTenantRole from './policy-other-tenant-role';
import policyParentNotChecked from './policy-parent-not-checked';
import policyPlaceholderName from './policy-placeholder-name';
import policyReadsOpenTable from './policy-reads-open-table';
import policyRecursion from './policy-recursion';
import policyRestrictiveOnly from './policy-restrictive-only';
import policyRestrictiveTrue from './policy-restrictive-true';
import policyReturningNeedsSelect from './policy-returning-needs-select';
import policyRoleClaim from './policy-role-claim';
import policySelfEscalation from './policy-self-escalation';
import policySoftDeleteHidden from './policy-soft-delete-hidden';
import policySupabaseFunction from './policy-supabase-function';
import policyTenantIdClaim from './policy-tenant-id-claim';
import policyToPublic from './policy-to-public';
import policyUnknownRole from './policy-unknown-role';
import policyUpsertNeeds from './policy-upsert-needs';
import policyVolatileFunction from './policy-volatile-function';
import policyWidened from './policy-widened';
import policyWriteNeedsSelect from './policy-write-needs-select';
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
import rlsBypassRole from './rls-bypass-role';
import rlsEnabledNoPolicy from './rls-enabled-no-policy';
import rlsForceExemption from './rls-force-exemption';
import rlsForceExemptionIneffective from './rls-force-exemption-ineffective';
import rlsNotEnabled from './rls-not-enabled';
import rlsNotForced from './rls-not-forced';
import rlsOnView from './rls-on-view';
import rlsPartitionChildOpen from './rls-partition-child-open';
import rlsPartitionRootNotForced from './rls-partition-root-not-forced';
import rlsPolicyWithoutRls from './rls-policy-without-rls';
import rlsWeakenedLater from './rls-weakened-later';
import schemaDocPlaceholder from './schema-doc-placeholder';
import schemaOther from './schema-other';
import schemaPublicObject from './schema-public-object';
import sqlSyntax from './sql-syntax';
import suppressNoReason from './suppress-no-reason';
import suppressUnknown from './suppress-unknown';
import suppressUnused from './suppress-unused';
import tableForeignExposed from './table-foreign-exposed';
import tableIfNotExistsStale from './table-if-not-exists-stale';
import tableMaterializedExposed from './table-materialized-exposed';
import tableNoPrimaryKey from './table-no-primary-key';
import viewCallsDefiner from './view-calls-definer';
import viewNotInvoker from './view-not-invoker';

/** Every rule, alphabetically. */
export const RULES: readonly Rule[] = [
  columnMissing,
  functionDefinerExposed,
  functionDefinerSearchPath,
  functionDefinerTrustsArgument,
  functionDefinerWritesForced,
  functionLeakproof,
  functionOverload,
  functionSearchPathPublic,
  functionShadowsAuth,
  grantBeforeCreate,
  grantColumnRevokeIneffective,
  grantColumnSubset,
  grantMissingFunction,
  grantMissingSchemaUsage,
  grantMissingSequence,
  grantMissingTable,
  grantNotAdapted,
  grantOption,
  grantOtherTenantRole,
  grantOverAdapted,
  grantPrivateTableReadable,
  grantRoleMembership,
  grantToAnon,
  grantToPublic,
  grantTruncate,
  grantUnknownRole,
  grantWithoutPolicy,
  grantWriteWithoutSelect,
  identifierTooLong,
  ownerCurrentUser,
  ownerEmailKey,
  ownerForeignAuthUsers,
  ownerInconsistent,
  ownerLiteral,
  ownerNoDefault,
  ownerNoIndex,
  ownerNotText,
  ownerNullable,
  ownerUuid,
  ownerUuidAsText,
  ownerUuidCast,
  policyAlwaysFalse,
  policyAlwaysTrue,
  policyAndOrMixed,
  policyAnonWrite,
  policyAnyAuthenticated,
  policyCapturedColumn,
  policyCheckWeaker,
  policyClaimNotForwarded,
  policyClaimsEmptyCast,
  policyClaimsMissingOk,
  policyClauseless,
  policyClientSetting,
  policyCustomSetting,
  policyDefinerHelperForced,
  policyDuplicateBody,
  policyDuplicateName,
  policyEditableClaim,
  policyExistenceOracle,
  policyForAllReadIntent,
  policyFunctionOnColumn,
  policyHardCodedTenant,
  policyHelperUnknown,
  policyInitplan,
  policyInsertNotVisible,
  policyInsertUncheckedOwner,
  policyInvertedSubject,
  policyJsonArrow,
  policyLegacyClaimSetting,
  policyLikeSubject,
  policyMissingVerb,
  policyMultiplePermissive,
  policyNoSubject,
  policyNotAdapted,
  policyNotInNull,
  policyNullSubject,
  policyOtherTenantRole,
  policyParentNotChecked,
  policyPlaceholderName,
  policyReadsOpenTable,
  policyRecursion,
  policyRestrictiveOnly,
  policyRestrictiveTrue,
  policyReturningNeedsSelect,
  policyRoleClaim,
  policySelfEscalation,
  policySoftDeleteHidden,
  policySupabaseFunction,
  policyTenantIdClaim,
  policyToPublic,
  policyUnknownRole,
  policyUpsertNeeds,
  policyVolatileFunction,
  policyWidened,
  policyWriteNeedsSelect,
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
  rlsBypassRole,
  rlsEnabledNoPolicy,
  rlsForceExemption,
  rlsForceExemptionIneffective,
  rlsNotEnabled,
  rlsNotForced,
  rlsOnView,
  rlsPartitionChildOpen,
  rlsPartitionRootNotForced,
  rlsPolicyWithoutRls,
  rlsWeakenedLater,
  schemaDocPlaceholder,
  schemaOther,
  schemaPublicObject,
  sqlSyntax,
  suppressNoReason,
  suppressUnknown,
  suppressUnused,
  tableForeignExposed,
  tableIfNotExistsStale,
  tableMaterializedExposed,
  tableNoPrimaryKey,
  viewCallsDefiner,
  viewNotInvoker,
];

export function findRule(id: string): Rule | undefined {
  return RULES.find(rule => rule.id === id);
}
