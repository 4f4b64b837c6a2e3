import type { Rule } from '../../src/lint/rule';
import { RULES } from '../../src/lint/rules';

/** What tests of the linter itself speak of: they are not to change whenever a rule is added. */
const BASIC = [
  'grant-missing-schema-usage',
  'grant-missing-table',
  'grant-unknown-role',
  'owner-nullable',
  'owner-uuid',
  'owner-uuid-cast',
  'policy-always-true',
  'policy-to-public',
  'policy-wrong-clause',
  'rls-not-enabled',
  'rls-policy-without-rls',
  'sql-syntax',
  'suppress-no-reason',
  'suppress-unknown',
  'suppress-unused',
  'view-not-invoker',
];

/** The rules that tests of the linter itself speak of. */
export const BASIC_RULES: readonly Rule[] = RULES.filter(({ id }) => BASIC.includes(id));

/** Options of `flux-rls lint` that leave only those on. */
export const BASIC_RULES_ONLY: readonly string[] = RULES.filter(rule => !BASIC_RULES.includes(rule)).flatMap(
  ({ id }) => ['--rule', `${id}=off`],
);
