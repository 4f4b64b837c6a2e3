import type { Node, SelectStmt } from '@pgsql/types';
import { textOf, textsOf } from './ast';
import { conditionOf, requires, type Atom } from './condition';
import type { SchemaModel } from './model';
import type { Predicate } from './predicate';

/** `x not in (select y …)` or `x <> all (select y …)` where y may be NULL. */
export interface NotInNull {
  readonly atom: Atom;
  /** Location of the subquery's words. */
  readonly location: number;
  readonly select: SelectStmt;
  /** The column reference y. */
  readonly result: Node;
}

export function notInNull(predicate: Predicate, model: SchemaModel): NotInNull[] {
  return predicate.atoms.flatMap(atom => {
    const query = queryOf(atom);
    const result = query && nullableResult(query.select, predicate, model);
    return query && result ? { atom, ...query, result } : [];
  });
}

function queryOf({ node, negated }: Atom): { location: number; select: SelectStmt } | undefined {
  if (!('SubLink' in node)) return undefined;
  const { subLinkType, operName, location = 0, subselect } = node.SubLink;
  if (!subselect || !('SelectStmt' in subselect)) return undefined;
  const operator = textOf(operName?.at(-1)) ?? '=';
  const isNotIn =
    (subLinkType === 'ANY_SUBLINK' && negated && operator === '=') ||
    (subLinkType === 'ALL_SUBLINK' && !negated && operator === '<>');
  return isNotIn ? { location, select: subselect.SelectStmt } : undefined;
}

/** The only result column, when its table lets it be NULL and no condition leaves the NULLs out. */
function nullableResult(select: SelectStmt, predicate: Predicate, model: SchemaModel): Node | undefined {
  const [target, ...others] = select.targetList ?? [];
  const value = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!value || others.length > 0 || !('ColumnRef' in value)) return undefined;
  const use = predicate.columns.find(({ node }) => node === value.ColumnRef);
  const table = use && typeof use.of === 'object' ? model.tables.get(use.of.relation) : undefined;
  if (!use || table?.columns.get(use.column)?.notNull !== false) return undefined;
  const leavesOut = ({ node, negated }: Atom): boolean => {
    const sides =
      'NullTest' in node && (node.NullTest.nulltesttype === 'IS_NOT_NULL') !== negated
        ? [node.NullTest.arg]
        : 'A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP'
          ? [node.A_Expr.lexpr, node.A_Expr.rexpr]
          : [];
    return sides.some(
      side => side && 'ColumnRef' in side && textsOf(side.ColumnRef.fields).at(-1) === use.column,
    );
  };
  const { whereClause } = select;
  return whereClause && requires(conditionOf(whereClause), leavesOut) ? undefined : value;
}
