import type { Rule } from '../rule';
import columnMissing from './column-missing';
import grantMissingSchemaUsage from './grant-missing-schema-usage';
import grantMissingTable from './grant-missing-table';
import grantUnknownRole from './grant-unknown-role';
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
import policyAlwaysTrue from './policy-always-true';
import policyToPublic from './policy-to-public';
import policyWrongClause from './policy-wrong-clause';
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
import sqlSyntax from './sql-syntax';
import viewNotInvoker from './view-not-invoker';

/** Every rule, alphabetically. */
export const RULES: readonly Rule[] = [
  columnMissing,
  grantMissingSchemaUsage,
  grantMissingTable,
  grantUnknownRole,
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
  policyAlwaysTrue,
  policyToPublic,
  policyWrongClause,
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
  sqlSyntax,
  viewNotInvoker,
];

export function findRule(id: string): Rule | undefined {
  return RULES.find(rule => rule.id === id);
}
