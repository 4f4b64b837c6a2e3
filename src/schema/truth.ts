import type { A_Expr, BooleanTest, BoolExpr, CaseExpr, CoalesceExpr, Node, NullTest } from '@pgsql/types';
import { textOf, textsOf, walk } from './ast';
import { onlyTarget, readSubject, typeName } from './subject';

/** Which of SQL's three truth values an expression can take; more than it really can when nothing better is known. */
export interface Truth {
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
  readonly canBeNull: boolean;
  /** NULL only for rows with a NULL in a column that is compared with itself. */
  readonly isNullBySelf?: boolean;
}

/** What is assumed while an expression is judged. */
export interface TruthAssumptions {
  /** Whether the request has a subject; undefined for either. */
  readonly subject?: 'present' | 'absent';
  /** The table whose row is judged: its name before a column says nothing new. */
  readonly table?: string;
  /** Columns that cannot be NULL. */
  readonly notNull?: (column: string) => boolean;
}

const ANYTHING: Truth = { canBeTrue: true, canBeFalse: true, canBeNull: true };
const TRUE: Truth = { canBeTrue: true, canBeFalse: false, canBeNull: false };
const FALSE: Truth = { canBeTrue: false, canBeFalse: true, canBeNull: false };
const NULL: Truth = { canBeTrue: false, canBeFalse: false, canBeNull: true };
const NOT_NULL: Truth = { canBeTrue: true, canBeFalse: true, canBeNull: false };

/**
 * Judges a boolean expression without running it. What it excludes cannot happen; what it allows may or may not.
 * A row passes a policy only on true, so `!canBeFalse && canBeTrue` means: every row, but for NULLs in `x = x`.
 */
export function truthOf(node: Node | undefined, assume: TruthAssumptions = {}): Truth {
  if (!node) return ANYTHING;
  if ('A_Const' in node) return constant(node.A_Const);
  if ('BoolExpr' in node) return connective(node.BoolExpr, assume);
  if ('NullTest' in node) return nullTest(node.NullTest, assume);
  if ('BooleanTest' in node) return booleanTest(node.BooleanTest, assume);
  if ('CaseExpr' in node) return caseOf(node.CaseExpr, assume);
  if ('CoalesceExpr' in node) return coalesceOf(node.CoalesceExpr, assume);
  if ('A_Expr' in node) return comparison(node.A_Expr, assume);
  if ('TypeCast' in node) {
    const type = typeName(node.TypeCast.typeName);
    return type === 'bool' ? booleanText(node.TypeCast.arg, assume) : ANYTHING;
  }
  if ('SubLink' in node) {
    const target = onlyTarget(node);
    if (target) return truthOf(target, assume);
    const exists = existsTruth(node.SubLink.subselect, assume);
    if (node.SubLink.subLinkType === 'EXISTS_SUBLINK') return exists;
    // `x in (…)` finds nothing in a query without rows.
    return node.SubLink.subLinkType === 'ANY_SUBLINK' && !exists.canBeTrue ? FALSE : ANYTHING;
  }
  return ANYTHING;
}

/** True for every row whatever the subject, as far as text can tell; `x = x` counts, although a NULL does not equal itself. */
export function isAlwaysTrue({ canBeTrue, canBeFalse, canBeNull, isNullBySelf = false }: Truth): boolean {
  return canBeTrue && !canBeFalse && (!canBeNull || isNullBySelf);
}

function isNullBySelf(parts: readonly Truth[]): boolean {
  return parts.every(part => !part.canBeNull || part.isNullBySelf === true);
}

function constant(value: { isnull?: boolean; boolval?: { boolval?: boolean } }): Truth {
  if (value.isnull) return NULL;
  // The parser leaves out `boolval: false`.
  if (value.boolval) return value.boolval.boolval ? TRUE : FALSE;
  return ANYTHING;
}

function booleanText(node: Node | undefined, assume: TruthAssumptions): Truth {
  if (node && 'A_Const' in node && node.A_Const.sval) {
    const text = (node.A_Const.sval.sval ?? '').trim().toLowerCase();
    if (['t', 'true', 'y', 'yes', 'on', '1'].includes(text)) return TRUE;
    if (['f', 'false', 'n', 'no', 'off', '0'].includes(text)) return FALSE;
    return ANYTHING;
  }
  return truthOf(node, assume);
}

function connective(expression: BoolExpr, assume: TruthAssumptions): Truth {
  const parts = (expression.args ?? []).map(part => truthOf(part, assume));
  switch (expression.boolop) {
    case 'AND_EXPR':
      return {
        canBeTrue: parts.every(part => part.canBeTrue),
        canBeFalse: parts.some(part => part.canBeFalse),
        canBeNull:
          parts.some(part => part.canBeNull) && parts.every(part => part.canBeTrue || part.canBeNull),
        isNullBySelf: isNullBySelf(parts),
      };
    case 'OR_EXPR':
      if (asksForBoth(expression.args ?? [], assume.table)) return TRUE;
      return {
        canBeTrue: parts.some(part => part.canBeTrue),
        // `x or true` is true whatever x is.
        canBeFalse: parts.every(part => part.canBeFalse),
        canBeNull:
          parts.some(part => part.canBeNull) && parts.every(part => part.canBeFalse || part.canBeNull),
        isNullBySelf: isNullBySelf(parts),
      };
    case 'NOT_EXPR': {
      const [part = ANYTHING] = parts;
      return { ...part, canBeTrue: part.canBeFalse, canBeFalse: part.canBeTrue };
    }
    default:
      return ANYTHING;
  }
}

/** `x is null or x is not null`. */
function asksForBoth(parts: readonly Node[], table: string | undefined): boolean {
  const tests = parts.flatMap(part => ('NullTest' in part ? part.NullTest : []));
  return tests.some(a =>
    tests.some(b => a.nulltesttype !== b.nulltesttype && sameValue(a.arg, b.arg, table) === true),
  );
}

function nullTest(test: NullTest, assume: TruthAssumptions): Truth {
  const nullness = nullnessOf(test.arg, assume);
  if (nullness === undefined) return NOT_NULL;
  return (nullness === 'null') === (test.nulltesttype === 'IS_NULL') ? TRUE : FALSE;
}

/** `(…) is not true` and its like are never NULL. */
function booleanTest({ booltesttype, arg }: BooleanTest, assume: TruthAssumptions): Truth {
  const truth = truthOf(arg, assume);
  const passing: readonly (keyof Truth)[] = PASSING[booltesttype ?? ''] ?? [];
  const values: readonly (keyof Truth)[] = ['canBeTrue', 'canBeFalse', 'canBeNull'];
  return {
    canBeTrue: passing.some(value => truth[value]),
    canBeFalse: values.some(value => !passing.includes(value) && truth[value]),
    canBeNull: false,
  };
}

const PASSING: Readonly<Record<string, readonly (keyof Truth)[]>> = {
  IS_TRUE: ['canBeTrue'],
  IS_NOT_TRUE: ['canBeFalse', 'canBeNull'],
  IS_FALSE: ['canBeFalse'],
  IS_NOT_FALSE: ['canBeTrue', 'canBeNull'],
  IS_UNKNOWN: ['canBeNull'],
  IS_NOT_UNKNOWN: ['canBeTrue', 'canBeFalse'],
};

function caseOf(expression: CaseExpr, assume: TruthAssumptions): Truth {
  const branches = (expression.args ?? []).map(branch =>
    'CaseWhen' in branch ? truthOf(branch.CaseWhen.result, assume) : ANYTHING,
  );
  return union([...branches, expression.defresult ? truthOf(expression.defresult, assume) : NULL]);
}

function coalesceOf(expression: CoalesceExpr, assume: TruthAssumptions): Truth {
  const parts = (expression.args ?? []).map(part => truthOf(part, assume));
  const firstSure = parts.findIndex(part => !part.canBeNull);
  const considered = firstSure === -1 ? parts : parts.slice(0, firstSure + 1);
  const all = union(considered);
  return { ...all, canBeNull: firstSure === -1 && all.canBeNull };
}

function comparison(expression: A_Expr, assume: TruthAssumptions): Truth {
  const { kind, lexpr, rexpr } = expression;
  const nullSafe = kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT';
  const sides = [lexpr, rexpr].map(side => nullnessOf(side, assume));
  if (!nullSafe && sides.includes('null')) return NULL;
  if (nullSafe && sides.includes('null') && !sides.includes(undefined))
    return (sides[0] === sides[1]) === (kind === 'AEXPR_NOT_DISTINCT') ? TRUE : FALSE;
  const operator = textOf(expression.name?.[0]) ?? '';
  const equality =
    kind === 'AEXPR_OP' ? EQUALITY[operator] : nullSafe ? kind === 'AEXPR_NOT_DISTINCT' : undefined;
  if (equality === undefined) return ANYTHING;
  const same = sameValue(lexpr, rexpr, assume.table);
  if (same === undefined) return nullSafe ? NOT_NULL : ANYTHING;
  const truth = same === equality ? TRUE : FALSE;
  const mayBeNull = !nullSafe && sides.some(side => side !== 'value');
  return mayBeNull ? { ...truth, canBeNull: true, isNullBySelf: true } : truth;
}

/** What an operator says of two equal values. */
const EQUALITY: Readonly<Record<string, boolean>> = {
  '=': true,
  '<=': true,
  '>=': true,
  '<>': false,
  '!=': false,
  '<': false,
  '>': false,
};

/** Whether two expressions are the same value in every row: the same column, or two constants of one kind. */
function sameValue(
  left: Node | undefined,
  right: Node | undefined,
  table: string | undefined,
): boolean | undefined {
  if (!left || !right) return undefined;
  if ('ColumnRef' in left && 'ColumnRef' in right) {
    const [a, b] = [columnName(left.ColumnRef.fields, table), columnName(right.ColumnRef.fields, table)];
    return a !== '' && a === b ? true : undefined;
  }
  if ('A_Const' in left && 'A_Const' in right) {
    if (left.A_Const.ival && right.A_Const.ival) {
      return (left.A_Const.ival.ival ?? 0) === (right.A_Const.ival.ival ?? 0);
    }
    const [a, b] = [literalOf(left.A_Const), literalOf(right.A_Const)];
    // Only equal spellings are sure to be equal values: '1' and 1.0 need their types to be compared.
    return a !== undefined && a === b ? true : undefined;
  }
  return undefined;
}

function columnName(fields: readonly Node[] | undefined, table: string | undefined): string {
  const names = textsOf(fields);
  return (names.length === 2 && names[0] === table ? names.slice(1) : names).join('.');
}

/** EXISTS is false where the WHERE of its query cannot be true, and never NULL. */
function existsTruth(query: Node | undefined, assume: TruthAssumptions): Truth {
  if (alwaysHasRow(query)) return TRUE;
  if (!query || !('SelectStmt' in query) || query.SelectStmt.op !== 'SETOP_NONE') return NOT_NULL;
  const { whereClause, targetList = [], havingClause, groupClause, limitOffset } = query.SelectStmt;
  // `select count(*)` has a row whatever its WHERE says.
  if (targetList.some(isCount) && !groupClause && !havingClause && !limitOffset) return TRUE;
  if (havingClause || holdsCall(targetList)) return NOT_NULL;
  // Columns inside belong to other tables, of which nothing is assumed.
  const { notNull: _outer, table: _table, ...inner } = assume;
  return whereClause && !truthOf(whereClause, inner).canBeTrue ? FALSE : NOT_NULL;
}

function isCount(target: Node): boolean {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
  return value !== undefined && 'FuncCall' in value && textsOf(value.FuncCall.funcname).at(-1) === 'count';
}

function holdsCall(tree: unknown): boolean {
  let found = false;
  walk(tree, type => {
    found ||= type === 'FuncCall';
  });
  return found;
}

/** `select 1` without FROM, WHERE and LIMIT yields one row. */
function alwaysHasRow(query: Node | undefined): boolean {
  if (!query || !('SelectStmt' in query)) return false;
  const { fromClause, whereClause, havingClause, limitCount, limitOffset, op, targetList } = query.SelectStmt;
  return (
    op === 'SETOP_NONE' &&
    !fromClause &&
    !whereClause &&
    !havingClause &&
    !limitCount &&
    !limitOffset &&
    !!targetList
  );
}

function literalOf(value: object): string | undefined {
  const { fval, sval, boolval } = value as Record<string, unknown>;
  const literal = fval ?? sval ?? boolval;
  return literal === undefined ? undefined : JSON.stringify(literal);
}

/** Whether an expression is surely NULL, surely a value, or unknown. */
function nullnessOf(node: Node | undefined, assume: TruthAssumptions): 'null' | 'value' | undefined {
  if (!node) return undefined;
  if ('A_Const' in node) return node.A_Const.isnull ? 'null' : 'value';
  if (readSubject(node)) {
    return assume.subject === 'absent' ? 'null' : assume.subject === 'present' ? 'value' : undefined;
  }
  if ('TypeCast' in node) return nullnessOf(node.TypeCast.arg, assume);
  if ('ColumnRef' in node) {
    const column = textsOf(node.ColumnRef.fields).at(-1);
    return column !== undefined && assume.notNull?.(column) ? 'value' : undefined;
  }
  return undefined;
}

function union(parts: readonly Truth[]): Truth {
  return {
    canBeTrue: parts.some(part => part.canBeTrue),
    canBeFalse: parts.some(part => part.canBeFalse),
    canBeNull: parts.some(part => part.canBeNull),
    isNullBySelf: isNullBySelf(parts),
  };
}
