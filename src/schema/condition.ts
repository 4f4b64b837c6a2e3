import type { A_Expr, CaseExpr, CoalesceExpr, Node } from '@pgsql/types';
import { textOf } from './ast';
import { equalityParts } from './equality';
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
  /** The node has to be false. */
  readonly negated: boolean;
  /** NULL will do as well: `(…) is not true`. */
  readonly nullPasses: boolean;
}

/**
 * Takes an expression apart, keeping SQL's three values: an atom has to be true, or false where it is negated, and NULL
 * counts only where it says so. What is not understood stays whole, as an atom.
 */
export function conditionOf(node: Node, negated = false, nullPasses = false): Condition {
  if ('BoolExpr' in node) {
    const { boolop, args = [] } = node.BoolExpr;
    if (boolop === 'NOT_EXPR' && args[0]) return conditionOf(args[0], !negated, nullPasses);
    const isAll = (boolop === 'AND_EXPR') !== negated;
    return { kind: isAll ? 'all' : 'any', parts: args.map(part => conditionOf(part, negated, nullPasses)) };
  }
  if ('SubLink' in node) {
    const target = onlyTarget(node);
    return target ? conditionOf(target, negated, nullPasses) : atom(node, negated, nullPasses);
  }
  if ('TypeCast' in node && node.TypeCast.arg && typeName(node.TypeCast.typeName) === 'bool') {
    const { arg } = node.TypeCast;
    return 'A_Const' in arg ? atom(node, negated, nullPasses) : conditionOf(arg, negated, nullPasses);
  }
  if ('BooleanTest' in node && node.BooleanTest.arg) {
    const passing = TESTS[node.BooleanTest.booltesttype ?? ''];
    return passing ? tested(node.BooleanTest.arg, passing, negated) : atom(node, negated, nullPasses);
  }
  if ('CaseExpr' in node)
    return caseCondition(node.CaseExpr, negated, nullPasses) ?? atom(node, negated, nullPasses);
  if ('CoalesceExpr' in node) return coalesceCondition(node.CoalesceExpr, negated, nullPasses);
  if ('A_Expr' in node) {
    const bool = comparedWithBoolean(node.A_Expr, negated, nullPasses);
    if (bool) return bool;
    const parts = equalityParts(node.A_Expr, negated || nullPasses);
    return parts ? conditionOf(parts, negated, nullPasses) : atom(node, negated, nullPasses);
  }
  return atom(node, negated, nullPasses);
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

function atom(node: Node, negated: boolean, nullPasses: boolean): Atom {
  return { kind: 'atom', node, negated, nullPasses };
}

/** What passes `is true` and its like: true or false, and NULL as well or not. */
interface Passing {
  readonly value: boolean;
  readonly orNull: boolean;
}

const TESTS: Readonly<Record<string, Passing>> = {
  IS_TRUE: { value: true, orNull: false },
  IS_NOT_TRUE: { value: false, orNull: true },
  IS_FALSE: { value: false, orNull: false },
  IS_NOT_FALSE: { value: true, orNull: true },
};

/** A test is never NULL itself, so that its negation takes what it leaves. */
function tested(arg: Node, { value, orNull }: Passing, negated: boolean): Condition {
  return negated ? conditionOf(arg, value, !orNull) : conditionOf(arg, !value, orNull);
}

/** `case when a then b else c end` is `(a and b) or (a is not true and c)`: NULL goes on to the next branch. */
function caseCondition(
  { arg, args, defresult }: CaseExpr,
  negated: boolean,
  nullPasses: boolean,
): Condition | undefined {
  const parts: Condition[] = [];
  const before: Condition[] = [];
  for (const branch of args ?? []) {
    if (!('CaseWhen' in branch) || !branch.CaseWhen.expr || !branch.CaseWhen.result) return undefined;
    const { expr, result } = branch.CaseWhen;
    const when: Node = arg ? equals(arg, expr) : expr;
    parts.push({
      kind: 'all',
      parts: [...before, conditionOf(when), conditionOf(result, negated, nullPasses)],
    });
    before.push(conditionOf(when, true, true));
  }
  if (defresult) parts.push({ kind: 'all', parts: [...before, conditionOf(defresult, negated, nullPasses)] });
  // Without ELSE the rest is NULL.
  else if (nullPasses) parts.push({ kind: 'all', parts: before });
  return { kind: 'any', parts };
}

/** `coalesce(x, false)` is `x is true`; of other arguments any may decide. */
function coalesceCondition({ args = [] }: CoalesceExpr, negated: boolean, nullPasses: boolean): Condition {
  const [first, second] = args;
  const fallback = args.length === 2 ? booleanConstant(second) : undefined;
  if (first && fallback !== undefined) return conditionOf(first, negated, fallback ? !negated : negated);
  return { kind: 'any', parts: args.map(arg => conditionOf(arg, negated, nullPasses)) };
}

/** `(x) = true`, `x <> false`, `x is distinct from true`. */
function comparedWithBoolean(
  { kind, name, lexpr, rexpr }: A_Expr,
  negated: boolean,
  nullPasses: boolean,
): Condition | undefined {
  const [value, other] =
    booleanConstant(rexpr) === undefined ? [booleanConstant(lexpr), rexpr] : [booleanConstant(rexpr), lexpr];
  if (value === undefined || !other || 'ColumnRef' in other) return undefined;
  if (kind === 'AEXPR_NOT_DISTINCT') return tested(other, { value, orNull: false }, negated);
  if (kind === 'AEXPR_DISTINCT') return tested(other, { value: !value, orNull: true }, negated);
  const operator = textOf(name?.[0]);
  if (kind !== 'AEXPR_OP' || (operator !== '=' && operator !== '<>')) return undefined;
  const isSame = value === (operator === '=');
  return conditionOf(other, isSame ? negated : !negated, nullPasses);
}

function booleanConstant(node: Node | undefined): boolean | undefined {
  if (!node || !('A_Const' in node) || !node.A_Const.boolval) return undefined;
  return node.A_Const.boolval.boolval ?? false;
}

function equals(lexpr: Node, rexpr: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr, rexpr } };
}
