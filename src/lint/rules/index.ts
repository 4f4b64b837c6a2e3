import type { Rule } from '../rule';
import grantMissingSchemaUsage from './grant-missing-schema-usage';
import grantMissingTable from './grant-missing-table';
import grantUnknownRole from './grant-unknown-role';
import ownerNullable from './owner-nullable';
import ownerUuid from './owner-uuid';
import ownerUuidCast from './owner-uuid-cast';
import policyAlwaysFalse from './policy-always-false';
import policyAlwaysTrue from './policy-always-true';
import policyAndOrMixed from './policy-and-or-mixed';
import policyAnyAuthenticated from './policy-any-authenticated';
import policyCapturedColumn from './policy-captured-column';
import policyCheckWeaker from './policy-check-weaker';
import policyDefinerHelperForced from './policy-definer-helper-forced';
import policyHelperUnknown from './policy-helper-unknown';
import policyInsertUncheckedOwner from './policy-insert-unchecked-owner';
import policyInvertedSubject from './policy-inverted-subject';
import policyLikeSubject from './policy-like-subject';
import policyNoSubject from './policy-no-subject';
import policyNotInNull from './policy-not-in-null';
import policyNullSubject from './policy-null-subject';
import policyParentNotChecked from './policy-parent-not-checked';
import policyReadsOpenTable from './policy-reads-open-table';
import policyRecursion from './policy-recursion';
import policySelfEscalation from './policy-self-escalation';
import policyToPublic from './policy-to-public';
import policyWidened from './policy-widened';
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
  grantMissingSchemaUsage,
  grantMissingTable,
  grantUnknownRole,
  ownerNullable,
  ownerUuid,
  ownerUuidCast,
  policyAlwaysFalse,
  policyAlwaysTrue,
  policyAndOrMixed,
  policyAnyAuthenticated,
  policyCapturedColumn,
  policyCheckWeaker,
  policyDefinerHelperForced,
  policyHelperUnknown,
  policyInsertUncheckedOwner,
  policyInvertedSubject,
  policyLikeSubject,
  policyNoSubject,
  policyNotInNull,
  policyNullSubject,
  policyParentNotChecked,
  policyReadsOpenTable,
  policyRecursion,
  policySelfEscalation,
  policyToPublic,
  policyWidened,
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
