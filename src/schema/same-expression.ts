import type { Node } from '@pgsql/types';
import { Canonicalizer, type Canonical, type Words } from './canonical';
import type { ColumnUse } from './scope';

/** Whether two expressions say the same, as far as their texts tell. */
export type Sameness = 'same' | 'may-differ' | 'differs';

/** An expression with its columns resolved. */
export interface ResolvedExpression {
  readonly node: Node;
  readonly uses: readonly ColumnUse[];
}

/**
 * Compares an expression of the files with the one that PostgreSQL has made of it: PostgreSQL adds casts, parentheses
 * and names of tables, and writes some operators in another way. What could still be the same is `may-differ`.
 */
export function compareExpressions(
  files: ResolvedExpression,
  live: ResolvedExpression,
  apiSchema: string | undefined,
): Sameness {
  const [a, b] = [read(files, apiSchema, true), read(live, apiSchema, true)];
  if (isEqual(a, b)) return 'same';
  if (isEqual(read(files, apiSchema, false), read(live, apiSchema, false))) return 'may-differ';
  return isDistinct(a, b) ? 'differs' : 'may-differ';
}

interface Reading {
  readonly form: Canonical;
  readonly words: Words;
}

function read({ node, uses }: ResolvedExpression, apiSchema: string | undefined, isStrict: boolean): Reading {
  const canonical = new Canonicalizer(uses, apiSchema, isStrict);
  return { form: canonical.of(node), words: canonical.words };
}

function isEqual(a: Reading, b: Reading): boolean {
  return JSON.stringify(a.form) === JSON.stringify(b.form);
}

/** Whether the parts differ, and in a way that PostgreSQL does not bring about by itself. */
function isDistinct(files: Reading, live: Reading): boolean {
  if (files.words.isUncertain || live.words.isUncertain) return false;
  const parts = ['columns', 'functions', 'operators', 'relations', 'constants'] as const;
  return (
    parts.some(part => listed(files.words[part]) !== listed(live.words[part])) ||
    listed(connectives(files.form)) !== listed(connectives(live.form))
  );
}

function listed(words: readonly string[]): string {
  return [...words].sort().join('\n');
}

/** ANDs, ORs and NOTs, each with the number of its parts. */
function connectives(form: Canonical): string[] {
  if (typeof form === 'string' || form === null) return [];
  const [head] = form;
  const own =
    typeof head === 'string' && /^(?:AND|OR|NOT)_EXPR$/.test(head) ? [`${head} ${form.length}`] : [];
  return [...own, ...form.flatMap(connectives)];
}
