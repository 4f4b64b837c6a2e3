import type { Rule } from '../rule';
import grantMissingSchemaUsage from './grant-missing-schema-usage';
import grantMissingTable from './grant-missing-table';
import grantUnknownRole from './grant-unknown-role';
import identifierTooLong from './identifier-too-long';
import ownerNullable from './owner-nullable';
import ownerUuid from './owner-uuid';
import ownerUuidCast from './owner-uuid-cast';
import policyAlwaysTrue from './policy-always-true';
import policyAnonWrite from './policy-anon-write';
import policyClauseless from './policy-clauseless';
import policyDuplicateBody from './policy-duplicate-body';
import policyDuplicateName from './policy-duplicate-name';
import policyForAllReadIntent from './policy-for-all-read-intent';
import policyHardCodedTenant from './policy-hard-coded-tenant';
import policyMissingVerb from './policy-missing-verb';
import policyMultiplePermissive from './policy-multiple-permissive';
import policyNotAdapted from './policy-not-adapted';
import policyOtherTenantRole from './policy-other-tenant-role';
import policyPlaceholderName from './policy-placeholder-name';
import policyRestrictiveOnly from './policy-restrictive-only';
import policyRestrictiveTrue from './policy-restrictive-true';
import policyToPublic from './policy-to-public';
import policyUnknownRole from './policy-unknown-role';
import policyWrongClause from './policy-wrong-clause';
import rlsNotEnabled from './rls-not-enabled';
import rlsPolicyWithoutRls from './rls-policy-without-rls';
import schemaDocPlaceholder from './schema-doc-placeholder';
import schemaOther from './schema-other';
import schemaPublicObject from './schema-public-object';
import sqlSyntax from './sql-syntax';
import tableForeignExposed from './table-foreign-exposed';
import tableIfNotExistsStale from './table-if-not-exists-stale';
import tableMaterializedExposed from './table-materialized-exposed';
import tableNoPrimaryKey from './table-no-primary-key';
import viewNotInvoker from './view-not-invoker';

/** Every rule, alphabetically. */
export const RULES: readonly Rule[] = [
  grantMissingSchemaUsage,
  grantMissingTable,
  grantUnknownRole,
  identifierTooLong,
  ownerNullable,
  ownerUuid,
  ownerUuidCast,
  policyAlwaysTrue,
  policyAnonWrite,
  policyClauseless,
  policyDuplicateBody,
  policyDuplicateName,
  policyForAllReadIntent,
  policyHardCodedTenant,
  policyMissingVerb,
  policyMultiplePermissive,
  policyNotAdapted,
  policyOtherTenantRole,
  policyPlaceholderName,
  policyRestrictiveOnly,
  policyRestrictiveTrue,
  policyToPublic,
  policyUnknownRole,
  policyWrongClause,
  rlsNotEnabled,
  rlsPolicyWithoutRls,
  schemaDocPlaceholder,
  schemaOther,
  schemaPublicObject,
  sqlSyntax,
  tableForeignExposed,
  tableIfNotExistsStale,
  tableMaterializedExposed,
  tableNoPrimaryKey,
  viewNotInvoker,
];

export function findRule(id: string): Rule | undefined {
  return RULES.find(rule => rule.id === id);
}
