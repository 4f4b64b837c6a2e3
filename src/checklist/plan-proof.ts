import type { Node, SelectStmt, SubLink } from '@pgsql/types';
import { textOf } from '../schema/ast';
import { conditionOf } from '../schema/condition';
import type { Table } from '../schema/model';
import type { ColumnUse } from '../schema/scope';
import { readSubject } from '../schema/subject';

/** What a proof may ask of the tables around the one whose policy it is. */
export interface Surroundings {
  /** The policy's own table. */
  readonly table: Table;
  columnsIn(node: Node): readonly ColumnUse[];
  tableOf(key: string): Table | undefined;
  /** The column that makes rows of a table a subject's. */
  ownerOf(table: Table): string | undefined;
  /** Whether rows that are made have a value there. */
  isSent(column: string): boolean;
  /** Whether subjects see their own rows of a table. */
  isReadable(table: Table): boolean;
}

/**
 * Whether a subquery finds a row for every row that stands under rows of the same subject: all it asks for is that foreign
 * keys meet what they point at, and that owners are the subject.
 */
export function provesByParents(
  { subLinkType, subselect, testexpr }: SubLink,
  around: Surroundings,
): boolean {
  const query = subselect && 'SelectStmt' in subselect ? subselect.SelectStmt : undefined;
  if (!query || !isPlain(query)) return false;
  const conditions: Node[] = query.whereClause ? [query.whereClause] : [];
  const relations = (query.fromClause ?? []).map(item => joined(item, conditions));
  if (relations.includes(undefined)) return false;
  const equalities = conditions.flatMap(equalitiesIn);
  if (equalities.includes(undefined)) return false;
  if (subLinkType === 'ANY_SUBLINK') {
    const target = query.targetList?.[0];
    const output = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
    if (!testexpr || !output) return false;
    equalities.push([testexpr, output]);
  } else if (subLinkType !== 'EXISTS_SUBLINK') return false;
  const proofs = equalities.map(pair => pair && proofOf(pair, around));
  // Each relation has to be reached by a key: that the subject owns some row there says nothing of this one.
  const keys = proofs.filter(proof => proof === 'key').length;
  return !proofs.includes(undefined) && keys >= relations.reduce<number>((sum, count = 0) => sum + count, 0);
}

/** Nothing but FROM and WHERE decides which rows there are. */
function isPlain({
  groupClause,
  havingClause,
  limitCount,
  limitOffset,
  larg,
  withClause,
}: SelectStmt): boolean {
  return !groupClause && !havingClause && !limitCount && !limitOffset && !larg && !withClause;
}

/** How many relations a FROM item joins; their conditions are collected. Undefined for anything but inner joins. */
function joined(item: Node, conditions: Node[]): number | undefined {
  if ('RangeVar' in item) return 1;
  if (!('JoinExpr' in item)) return undefined;
  const { jointype, larg, rarg, quals, usingClause } = item.JoinExpr;
  if (jointype !== 'JOIN_INNER' || usingClause || !quals || !larg || !rarg) return undefined;
  conditions.push(quals);
  const [left, right] = [joined(larg, conditions), joined(rarg, conditions)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** Both sides of each equality that a condition is made of; undefined for anything else in it. */
function equalitiesIn(node: Node): (readonly [Node, Node] | undefined)[] {
  const condition = conditionOf(node);
  const parts = condition.kind === 'all' ? condition.parts : [condition];
  return parts.map(part => {
    if (part.kind !== 'atom' || part.negated || !('A_Expr' in part.node)) return undefined;
    const { kind, name, lexpr, rexpr } = part.node.A_Expr;
    return kind === 'AEXPR_OP' && textOf(name?.[0]) === '=' && lexpr && rexpr ? [lexpr, rexpr] : undefined;
  });
}

/** Why an equality holds for rows of one subject: a foreign key meets its target, or an owner is the subject. */
function proofOf([left, right]: readonly [Node, Node], around: Surroundings): 'owner' | 'key' | undefined {
  const other = readSubject(right) ? left : readSubject(left) ? right : undefined;
  if (other) return isOwner(other, around) ? 'owner' : undefined;
  return isKey(left, right, around) || isKey(right, left, around) ? 'key' : undefined;
}

function isOwner(node: Node, around: Surroundings): boolean {
  const use = columnAt(node, around);
  return use !== undefined && around.ownerOf(use.table) === use.column;
}

function isKey(from: Node, to: Node, around: Surroundings): boolean {
  const key = columnAt(from, around);
  const target = columnAt(to, around);
  if (!key || !target || !around.isReadable(target.table)) return false;
  if (
    key.table === around.table
      ? !around.isSent(key.column)
      : key.table.columns.get(key.column)?.notNull !== true
  )
    return false;
  return key.table.foreignKeys.some(({ columns, targets, table: parent }) => {
    const at = columns.indexOf(key.column);
    if (at === -1 || around.tableOf(parent) !== target.table) return false;
    const primary = target.table.uniqueKeys.find(({ primary: is }) => is)?.columns ?? [];
    return (targets[at] ?? primary[at]) === target.column;
  });
}

function columnAt(node: Node, around: Surroundings): { table: Table; column: string } | undefined {
  const use = 'ColumnRef' in node ? around.columnsIn(node)[0] : undefined;
  if (!use?.of) return undefined;
  const table = use.of === 'own' ? around.table : around.tableOf(use.of.relation);
  return table && { table, column: use.column };
}
