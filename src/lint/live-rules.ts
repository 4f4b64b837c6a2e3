import type { Finding } from './finding';
import type { Rule } from './rule';
import { RULES } from './rules';

const IN_TEXT = 'It is about the text of a file, which the database does not keep.';
const IN_PUSH = 'It is about what a push would do; this schema has been pushed.';
const REFUSED = 'PostgreSQL refuses it, so no database can have it.';
const ELSEWHERE = 'It is about objects outside of the API schema, and that schema alone is read.';

/** Rules that a live schema says nothing about, and why. All others judge it. */
export const NOT_LIVE: Readonly<Record<string, string>> = {
  'function-shadows-auth': ELSEWHERE,
  'grant-before-create': IN_PUSH,
  'grant-column-revoke-ineffective':
    'The catalog keeps what is granted, and not what somebody tried to revoke.',
  'grant-not-adapted': IN_PUSH,
  'grant-over-adapted': IN_PUSH,
  'grant-unknown-role': REFUSED,
  'identifier-too-long': 'PostgreSQL has cut the name off already.',
  'policy-and-or-mixed': 'PostgreSQL writes parentheses of its own.',
  'policy-duplicate-name': REFUSED,
  'policy-hard-coded-tenant': IN_TEXT,
  'policy-not-adapted': IN_PUSH,
  'policy-unknown-role': REFUSED,
  'policy-wrong-clause': REFUSED,
  'push-create-extension': IN_PUSH,
  'push-destructive': IN_PUSH,
  'push-dml-on-forced': IN_PUSH,
  'push-dynamic-sql': IN_PUSH,
  'push-edited-migration': IN_TEXT,
  'push-enum-value-used': IN_PUSH,
  'push-escalation-words': IN_PUSH,
  'push-extension-function': IN_PUSH,
  'push-non-transactional': IN_PUSH,
  'push-not-idempotent': IN_PUSH,
  'push-order': IN_TEXT,
  'push-psql-command': IN_TEXT,
  'push-required-column': IN_PUSH,
  'push-search-path': IN_PUSH,
  'push-superuser': IN_PUSH,
  'push-too-large': IN_TEXT,
  'push-transaction-control': IN_PUSH,
  'rls-on-view': REFUSED,
  'rls-weakened-later': 'The catalog keeps what is, and not what was before.',
  'schema-doc-placeholder': IN_TEXT,
  'schema-other': ELSEWHERE,
  'schema-public-object': ELSEWHERE,
  'sql-syntax': IN_TEXT,
  'suppress-no-reason': IN_TEXT,
  'suppress-unknown': IN_TEXT,
  'suppress-unused': IN_TEXT,
  'table-if-not-exists-stale': 'The catalog keeps what is, and not what somebody tried to make.',
};

/** The rules that judge a live schema. */
export const LIVE_RULES: readonly Rule[] = RULES.filter(({ id }) => NOT_LIVE[id] === undefined);

/** Rules that also remark that a privilege comes from the platform alone, which the catalog does not tell apart. */
const ORIGIN_TOLD: ReadonlySet<string> = new Set(['grant-missing-schema-usage', 'grant-missing-table']);

/** Whether a finding says something that the catalog can tell. */
export function isLiveFinding({ rule, severity }: Finding): boolean {
  return !(ORIGIN_TOLD.has(rule) && severity === 'info');
}
