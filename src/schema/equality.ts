import type { A_Expr, Node } from '@pgsql/types';
import { textOf } from './ast';
import { readSubject } from './subject';

/**
 * An equality over several values as ANDs and ORs of plain ones: `x in (a, b)`, `x = any (array[a, b])`,
 * `(x, y) = (a, b)` and, where the subject is involved, `x = coalesce(a, b)`. Undefined where it is plain already.
 */
export function equalityParts(expression: A_Expr, isNegative: boolean): Node | undefined {
  const { kind, lexpr, rexpr } = expression;
  if (!lexpr || !rexpr) return undefined;
  const operator = textOf(expression.name?.[0]) ?? '';
  if (operator !== '=' && operator !== '<>') return undefined;
  if (kind === 'AEXPR_IN' && 'List' in rexpr)
    return alternatives(expression, rexpr.List.items ?? [], operator === '=');
  if ((kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL') && 'A_ArrayExpr' in rexpr)
    return alternatives(expression, rexpr.A_ArrayExpr.elements ?? [], kind === 'AEXPR_OP_ANY');
  if (kind !== 'AEXPR_OP') return undefined;
  if ('RowExpr' in lexpr && 'RowExpr' in rexpr) {
    const right = rexpr.RowExpr.args ?? [];
    const pairs = (lexpr.RowExpr.args ?? []).flatMap((left, index) =>
      right[index] ? plain(expression, left, right[index]) : [],
    );
    return connect(pairs, operator !== '=');
  }
  // With coalesce, NULL and false are no longer apart, which matters only where NOT turns them round.
  return operator === '=' && !isNegative ? withoutCoalesce(expression, lexpr, rexpr) : undefined;
}

/** A list of constants stays whole: it says something of the row and nothing else. */
function alternatives(expression: A_Expr, items: readonly Node[], isAny: boolean): Node | undefined {
  const [only] = items;
  if (!only || !expression.lexpr) return undefined;
  if (items.length > 1 && items.every(isConstant)) return undefined;
  const { lexpr } = expression;
  return connect(
    items.map(item => plain(expression, lexpr, item)),
    isAny,
  );
}

/** `x = coalesce(a, b)` is `x = a or (a is null and x = b)`. */
function withoutCoalesce(expression: A_Expr, left: Node, right: Node): Node | undefined {
  const [whole, other] = 'CoalesceExpr' in right ? [right, left] : [left, right];
  if (!('CoalesceExpr' in whole)) return undefined;
  const [first, ...rest] = whole.CoalesceExpr.args ?? [];
  const [second] = rest;
  if (!first || !second || ![left, right].some(concernsSubject)) return undefined;
  const fallback: Node = rest.length > 1 ? { CoalesceExpr: { ...whole.CoalesceExpr, args: rest } } : second;
  const isNull: Node = { NullTest: { arg: first, nulltesttype: 'IS_NULL' } };
  return connect(
    [
      plain(expression, other, first),
      { BoolExpr: { boolop: 'AND_EXPR', args: [isNull, plain(expression, other, fallback)] } },
    ],
    true,
  );
}

function concernsSubject(node: Node): boolean {
  if ('CoalesceExpr' in node) return (node.CoalesceExpr.args ?? []).some(arg => readSubject(arg));
  return readSubject(node) !== undefined;
}

function plain({ name, location }: A_Expr, lexpr: Node, rexpr: Node): Node {
  return {
    A_Expr: {
      kind: 'AEXPR_OP',
      ...(name && { name }),
      lexpr,
      rexpr,
      ...(location !== undefined && { location }),
    },
  };
}

function connect(args: Node[], isAny: boolean): Node {
  return { BoolExpr: { boolop: isAny ? 'OR_EXPR' : 'AND_EXPR', args } };
}

/** A value written out: not NULL, and nothing that the row or the request decides. */
export function isConstant(node: Node | undefined): boolean {
  if (!node) return false;
  if ('TypeCast' in node) return isConstant(node.TypeCast.arg);
  return 'A_Const' in node && !node.A_Const.isnull;
}
