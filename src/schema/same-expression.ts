import type { Node } from '@pgsql/types';
import { Canonicalizer, type Words } from './canonical';
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
  if (read(files, apiSchema, true).form === read(live, apiSchema, true).form) return 'same';
  const [a, b] = [read(files, apiSchema, false), read(live, apiSchema, false)];
  if (a.form === b.form) return 'may-differ';
  return isDistinct(read(files, apiSchema, true).words, read(live, apiSchema, true).words)
    ? 'differs'
    : 'may-differ';
}

function read(
  { node, uses }: ResolvedExpression,
  apiSchema: string | undefined,
  isStrict: boolean,
): { readonly form: string; readonly words: Words } {
  const canonical = new Canonicalizer(uses, apiSchema, isStrict);
  return { form: JSON.stringify(canonical.of(node)), words: canonical.words };
}

/** Whether the parts differ, and in a way that PostgreSQL does not bring about by itself. */
function isDistinct(files: Words, live: Words): boolean {
  if (files.isUncertain || live.isUncertain) return false;
  const differ = (key: 'columns' | 'functions' | 'operators' | 'relations' | 'constants'): boolean =>
    [...files[key]].sort().join('\n') !== [...live[key]].sort().join('\n');
  return (
    differ('columns') ||
    differ('functions') ||
    differ('operators') ||
    differ('relations') ||
    differ('constants')
  );
}
