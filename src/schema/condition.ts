import type { A_Expr, CaseExpr, CoalesceExpr, Node } from '@pgsql/types';
import { textOf } from './ast';
import { onlyTarget, typeName } from './subject';

/** A boolean expression as ANDs and ORs of atoms; every NOT has been pushed down to the atoms. */
export type Condition =
  | { readonly kind: 'all'; readonly parts: readonly Condition[] }
  | { readonly kind: 'any'; readonly parts: readonly Condition[] }
  | Atom;

/** A part that no AND, OR, NOT, CASE or COALESCE makes up. */
export interface Atom {
  readonly kind: 'atom';
  readonly node: Node;
  readonly negated: boolean;
}

/** Takes an expression apart. What it does not understand stays whole, as an atom. */
export function conditionOf(node: Node, negated = false): Condition {
  if ('BoolExpr' in node) {
    const { boolop, args = [] } = node.BoolExpr;
    if (boolop === 'NOT_EXPR') return args[0] ? conditionOf(args[0], !negated) : atom(node, negated);
    const isAll = (boolop === 'AND_EXPR') !== negated;
    return { kind: isAll ? 'all' : 'any', parts: args.map(part => conditionOf(part, negated)) };
  }
  if ('SubLink' in node) {
    const target = onlyTarget(node);
    return target ? conditionOf(target, negated) : atom(node, negated);
  }
  if ('TypeCast' in node && node.TypeCast.arg && typeName(node.TypeCast.typeName) === 'bool') {
    return 'A_Const' in node.TypeCast.arg ? atom(node, negated) : conditionOf(node.TypeCast.arg, negated);
  }
  if ('BooleanTest' in node && node.BooleanTest.arg) {
    const { booltesttype, arg } = node.BooleanTest;
    if (booltesttype === 'IS_TRUE') return conditionOf(arg, negated);
    if (booltesttype === 'IS_FALSE') return conditionOf(arg, !negated);
    if (booltesttype === 'IS_NOT_TRUE') return conditionOf(arg, !negated);
  }
  if ('CaseExpr' in node) return caseCondition(node.CaseExpr, negated) ?? atom(node, negated);
  if ('CoalesceExpr' in node) return coalesceCondition(node.CoalesceExpr, negated) ?? atom(node, negated);
  if ('A_Expr' in node) return comparedWithBoolean(node.A_Expr, negated) ?? atom(node, negated);
  return atom(node, negated);
}

/** Every atom of a condition, in the order of the text. */
export function atomsOf(condition: Condition): Atom[] {
  return condition.kind === 'atom' ? [condition] : condition.parts.flatMap(atomsOf);
}

/** Whether the condition can be true only where an atom holds that `proves` says yes to. */
export function requires(condition: Condition, proves: (atom: Atom) => boolean): boolean {
  switch (condition.kind) {
    case 'atom':
      return proves(condition);
    case 'all':
      return condition.parts.some(part => requires(part, proves));
    case 'any':
      return condition.parts.length > 0 && condition.parts.every(part => requires(part, proves));
  }
}

function atom(node: Node, negated: boolean): Atom {
  return { kind: 'atom', node, negated };
}

/** `case when a then b else c end` is `(a and b) or (not a and c)`. */
function caseCondition({ arg, args, defresult }: CaseExpr, negated: boolean): Condition | undefined {
  if (arg) return undefined;
  const parts: Condition[] = [];
  const before: Condition[] = [];
  for (const branch of args ?? []) {
    if (!('CaseWhen' in branch) || !branch.CaseWhen.expr || !branch.CaseWhen.result) return undefined;
    const { expr, result } = branch.CaseWhen;
    parts.push({ kind: 'all', parts: [...before, conditionOf(expr), conditionOf(result, negated)] });
    before.push(conditionOf(expr, true));
  }
  if (defresult) parts.push({ kind: 'all', parts: [...before, conditionOf(defresult, negated)] });
  return { kind: 'any', parts };
}

/** `coalesce(x, false)` is `x` where only true counts. */
function coalesceCondition({ args = [] }: CoalesceExpr, negated: boolean): Condition | undefined {
  const [first, second] = args;
  if (args.length !== 2 || !first || booleanConstant(second) !== false) return undefined;
  return negated ? undefined : conditionOf(first);
}

/** `(x) = true`, `x <> false`. */
function comparedWithBoolean({ kind, name, lexpr, rexpr }: A_Expr, negated: boolean): Condition | undefined {
  const operator = textOf(name?.[0]);
  if (kind !== 'AEXPR_OP' || !lexpr || (operator !== '=' && operator !== '<>')) return undefined;
  const value = booleanConstant(rexpr);
  if (value === undefined || 'ColumnRef' in lexpr) return undefined;
  const isSame = value === (operator === '=');
  return conditionOf(lexpr, isSame ? negated : !negated);
}

function booleanConstant(node: Node | undefined): boolean | undefined {
  if (!node || !('A_Const' in node) || !node.A_Const.boolval) return undefined;
  return node.A_Const.boolval.boolval ?? false;
}
