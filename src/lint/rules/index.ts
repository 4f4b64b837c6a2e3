import type { Rule } from '../rule';
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
import ownerNullable from './owner-nullable';
import ownerUuid from './owner-uuid';
import ownerUuidCast from './owner-uuid-cast';
import policyAlwaysTrue from './policy-always-true';
import policyInsertNotVisible from './policy-insert-not-visible';
import policyReturningNeedsSelect from './policy-returning-needs-select';
import policySoftDeleteHidden from './policy-soft-delete-hidden';
import policyToPublic from './policy-to-public';
import policyUpsertNeeds from './policy-upsert-needs';
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
import rlsNotEnabled from './rls-not-enabled';
import rlsPolicyWithoutRls from './rls-policy-without-rls';
import sqlSyntax from './sql-syntax';
import suppressNoReason from './suppress-no-reason';
import suppressUnknown from './suppress-unknown';
import suppressUnused from './suppress-unused';
import viewNotInvoker from './view-not-invoker';

/** Every rule, alphabetically. */
export const RULES: readonly Rule[] = [
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
  ownerNullable,
  ownerUuid,
  ownerUuidCast,
  policyAlwaysTrue,
  policyInsertNotVisible,
  policyReturningNeedsSelect,
  policySoftDeleteHidden,
  policyToPublic,
  policyUpsertNeeds,
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
  rlsNotEnabled,
  rlsPolicyWithoutRls,
  sqlSyntax,
  suppressNoReason,
  suppressUnknown,
  suppressUnused,
  viewNotInvoker,
];

export function findRule(id: string): Rule | undefined {
  return RULES.find(rule => rule.id === id);
}
