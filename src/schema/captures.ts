import type { ColumnRef, Node } from '@pgsql/types';
import { textOf } from './ast';
import type { SchemaModel } from './model';
import type { Routine } from './objects';
import type { Predicate } from './predicate';
import { columnUsesIn, type ColumnUse } from './scope';

/**
 * Columns that a subquery of a predicate takes for its own where the row of the policy was meant: they are compared with
 * another column of the subquery's row, and nothing else in there speaks of the policy's row, or it is the same column.
 * A database's catalog has such a column with the name of its table before it.
 */
export function capturesIn({ node, columns }: Predicate): ColumnUse[] {
  if (!columns.some(({ depth }) => depth > 0)) return [];
  const uses = new Map(columns.map(use => [use.node, use]));
  return comparedColumns(node).flatMap(({ left, right, isExists }) => {
    const [a, b] = [uses.get(left), uses.get(right)];
    const isItself = a?.source !== undefined && a.source === b?.source && a.column === b.column;
    if (isItself && b.depth > 0 && a.qualifier !== undefined && b.qualifier !== undefined) return b;
    const captured = b?.captured ? b : a?.captured ? a : undefined;
    if (!a || !b || !captured) return [];
    if (a.source === b.source && a.column === b.column) return captured;
    const isTied = columns.some(({ of, depth }) => of === 'own' && depth >= captured.depth);
    return isExists && !isTied ? captured : [];
  });
}

/** Arguments of an SQL function that its body never gets to see, because a column has the name and is meant instead. */
export function hiddenArguments(routine: Routine, model: SchemaModel): string[] {
  const names = new Set(routine.arguments.flatMap(({ name, isInput }) => (isInput ? (name ?? []) : [])));
  const queries = routine.language === 'sql' ? (routine.statement.body?.queries ?? []) : [];
  if (names.size === 0) return [];
  return queries.flatMap(query => {
    const columns = columnUsesIn(query, model);
    const uses = new Map(columns.map(use => [use.node, use]));
    const seen = columns.flatMap(({ source, column }) => (source ? [] : column));
    return comparedColumns(query).flatMap(({ left, right }) => {
      const [a, b] = [uses.get(left), uses.get(right)];
      if (!a?.source || a.source !== b?.source) return [];
      const hidden = [b, a].find(({ qualifier, column }) => qualifier === undefined && names.has(column));
      return hidden && !seen.includes(hidden.column) ? hidden.column : [];
    });
  });
}

interface ComparedColumns {
  readonly left: ColumnRef;
  readonly right: ColumnRef;
  /** The innermost subquery around it is that of an EXISTS. */
  readonly isExists: boolean;
}

function comparedColumns(tree: unknown, isExists = false): ComparedColumns[] {
  if (typeof tree !== 'object' || tree === null) return [];
  if (Array.isArray(tree)) return tree.flatMap(part => comparedColumns(part, isExists));
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const node = { [key]: value } as unknown as Node;
    if ('SubLink' in node) return comparedColumns(value, node.SubLink.subLinkType === 'EXISTS_SUBLINK');
    const inside = comparedColumns(value, isExists);
    if (!('A_Expr' in node) || textOf(node.A_Expr.name?.[0]) !== '=') return inside;
    const { lexpr, rexpr } = node.A_Expr;
    if (!lexpr || !rexpr || !('ColumnRef' in lexpr) || !('ColumnRef' in rexpr)) return inside;
    return { left: lexpr.ColumnRef, right: rexpr.ColumnRef, isExists };
  });
}
