import type { Rule } from '../rule';
import grantMissingSchemaUsage from './grant-missing-schema-usage';
import grantMissingTable from './grant-missing-table';
import grantUnknownRole from './grant-unknown-role';
import ownerNullable from './owner-nullable';
import ownerUuid from './owner-uuid';
import ownerUuidCast from './owner-uuid-cast';
import policyAlwaysTrue from './policy-always-true';
import policyToPublic from './policy-to-public';
import policyWrongClause from './policy-wrong-clause';
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
  policyAlwaysTrue,
  policyToPublic,
  policyWrongClause,
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
