import type { A_Expr, Node } from '@pgsql/types';
import { AUTHENTICATED } from '../flux/engine';
import { textOf, textsOf } from './ast';
import { isConstant } from './equality';
import {
  derivesFromSubject,
  isDatabaseRole,
  isRowOnly,
  speaksOfRow,
  type Fact,
  type Wrapping,
} from './facts';
import type { SchemaModel } from './model';
import type { Table } from './objects';
import { readClaim, readSetting } from './settings';
import { constantText, onlyTarget, readSubject } from './subject';

const UNKNOWN: Fact = { kind: 'unknown' };
const PATTERN_OPERATORS: ReadonlySet<string> = new Set(['~~', '~~*', '~', '~*', '^@']);
const OPPOSITE: Readonly<Record<string, string>> = { '=': '<>', '<>': '=', '!=': '=' };
/** Operators that ask whether an array or object holds something. */
const HOLDING: ReadonlySet<string> = new Set(['@>', '<@', '&&', '?', '?|', '=']);

/** Functions after which two subjects can be the same. */
export const LOSSY_FUNCTIONS: ReadonlySet<string> = new Set(
  'lower upper initcap left right substr substring split_part trim btrim ltrim rtrim length char_length'.split(
    ' ',
  ),
);

interface OwnColumn {
  readonly name: string;
  readonly wrapping: Wrapping;
}

/** Reads what a comparison says of a row of a policy's table. */
export class Comparison {
  constructor(
    private readonly table: Table,
    private readonly model: SchemaModel,
    /** Whether an expression is the subject, however it is spelled. */
    private readonly isSubject: (node: Node | undefined) => boolean,
  ) {}

  read({ kind, name, lexpr, rexpr }: A_Expr, negated: boolean, nullPasses: boolean): Fact {
    const written = textOf(name?.at(-1)) ?? '';
    if (kind === 'AEXPR_IN') return this.#amongConstants(written, lexpr, rexpr, negated);
    if (kind === 'AEXPR_OP_ANY' && !negated && HOLDING.has(written)) return this.#held(lexpr, rexpr);
    const isDistinct = kind === 'AEXPR_DISTINCT';
    const nullSafe = isDistinct || kind === 'AEXPR_NOT_DISTINCT';
    if (!nullSafe && kind !== 'AEXPR_OP' && !PATTERN_KINDS.has(kind ?? ''))
      return this.#rowOrUnknown(lexpr, rexpr);
    const operator = nullSafe ? (isDistinct ? '<>' : '=') : written;
    const effective = negated ? (OPPOSITE[operator] ?? `not ${operator}`) : operator;
    return this.#sides(effective, lexpr, rexpr, nullSafe || nullPasses);
  }

  #sides(operator: string, left: Node | undefined, right: Node | undefined, nullSafe: boolean): Fact {
    const [column, other] = this.#split(left, right);
    if (column) {
      const fact = this.#withColumn(column, operator, other, nullSafe);
      if (fact) return fact;
    }
    const role = roleTest(operator, left, right, this.model) ?? roleTest(operator, right, left, this.model);
    if (role) return role;
    if (this.isSubject(left) && this.isSubject(right))
      return operator === '=' ? { kind: 'signed-in' } : UNKNOWN;
    const [asked, value] = isConstant(left) ? [right, left] : [left, right];
    if (this.isSubject(asked) && isConstant(value)) return againstConstant(operator, value);
    if (readClaim(asked) && isConstant(value)) return operator === '=' ? { kind: 'certain-users' } : UNKNOWN;
    if ([left, right].some(side => derivesFromSubject(side, this.model)))
      return HOLDING.has(operator) &&
        [left, right].some(side => side && speaksOfRow(side, this.table, this.model))
        ? { kind: 'derived', column: undefined, audience: 'members' }
        : UNKNOWN;
    return this.#rowOrUnknown(left, right);
  }

  #withColumn(
    { name, wrapping }: OwnColumn,
    operator: string,
    other: Node | undefined,
    nullSafe: boolean,
  ): Fact | undefined {
    const owner: Fact = { kind: 'owner', column: name, wrapping, nullSafe };
    if (this.isSubject(other)) {
      if (operator === '=') return owner;
      if (OPPOSITE[operator] === '=') return { kind: 'not-owner', column: name };
      if (PATTERN_OPERATORS.has(operator)) return { kind: 'owner-pattern', column: name, operator };
      return HOLDING.has(operator) ? { kind: 'derived', column: name, audience: 'members' } : UNKNOWN;
    }
    if (isDatabaseRole(other)) return { kind: 'database-role', column: name };
    if (isConstant(other))
      return wrapping === 'bare' && operator === '='
        ? { kind: 'literal', column: name, operator }
        : { kind: 'row' };
    if (!derivesFromSubject(other, this.model)) return undefined;
    const lossy = this.#lossyFunction(other);
    if (operator === '=' && lossy) return { kind: 'owner-pattern', column: name, operator: lossy };
    if (PATTERN_OPERATORS.has(operator)) return { kind: 'owner-pattern', column: name, operator };
    return HOLDING.has(operator) ? { kind: 'derived', column: name, audience: 'members' } : UNKNOWN;
  }

  /** `lower(auth.uid())`: what takes a part of the subject away. */
  #lossyFunction(node: Node | undefined): string | undefined {
    if (!node || !('FuncCall' in node)) return undefined;
    const name = textsOf(node.FuncCall.funcname).at(-1) ?? '';
    return LOSSY_FUNCTIONS.has(name) && this.isSubject(node.FuncCall.args?.[0]) ? name : undefined;
  }

  /** `auth.uid() = any (shared_with)`. */
  #held(left: Node | undefined, right: Node | undefined): Fact {
    const column = this.#ownColumn(right);
    if (column && derivesFromSubject(left, this.model))
      return { kind: 'derived', column: column.name, audience: 'members' };
    return this.#rowOrUnknown(left, right);
  }

  #amongConstants(operator: string, left: Node | undefined, list: Node | undefined, negated: boolean): Fact {
    const column = this.#ownColumn(left);
    const items = list && 'List' in list ? (list.List.items ?? []) : [];
    if (!items.every(isConstant)) return UNKNOWN;
    const isAmong = (operator === '=') !== negated;
    if (column?.wrapping === 'bare' && isAmong)
      return { kind: 'literal', column: column.name, operator: '=' };
    if (column) return { kind: 'row' };
    if (this.isSubject(left) || readClaim(left)) return isAmong ? { kind: 'certain-users' } : UNKNOWN;
    return this.#rowOrUnknown(left, list);
  }

  #split(left: Node | undefined, right: Node | undefined): [OwnColumn | undefined, Node | undefined] {
    const column = this.#ownColumn(left);
    return column ? [column, right] : [this.#ownColumn(right), left];
  }

  /** The policy's own column on one side of a comparison, which stands outside of any subquery. */
  #ownColumn(node: Node | undefined): OwnColumn | undefined {
    if (!node) return undefined;
    if ('TypeCast' in node) return wrapped(this.#ownColumn(node.TypeCast.arg), 'cast');
    if ('CollateClause' in node) return this.#ownColumn(node.CollateClause.arg);
    if ('FuncCall' in node) {
      const [first, ...rest] = node.FuncCall.args ?? [];
      return rest.every(isConstant) ? wrapped(this.#ownColumn(first), 'function') : undefined;
    }
    if ('CoalesceExpr' in node) return wrapped(this.#ownColumn(node.CoalesceExpr.args?.[0]), 'function');
    if ('A_Indirection' in node) return wrapped(this.#ownColumn(node.A_Indirection.arg), 'function');
    if (!('ColumnRef' in node)) return undefined;
    const names = textsOf(node.ColumnRef.fields);
    const name = names.at(-1);
    const qualifier = names.at(-2) ?? this.table.name;
    const isColumn = name !== undefined && names.length === node.ColumnRef.fields?.length;
    return isColumn && qualifier === this.table.name ? { name, wrapping: 'bare' } : undefined;
  }

  #rowOrUnknown(...sides: readonly (Node | undefined)[]): Fact {
    const isRow = sides.every(side => !side || isRowOnly(side, this.table, this.model));
    return isRow ? { kind: 'row' } : UNKNOWN;
  }
}

const PATTERN_KINDS: ReadonlySet<string> = new Set(['AEXPR_LIKE', 'AEXPR_ILIKE', 'AEXPR_SIMILAR']);

function wrapped(column: OwnColumn | undefined, wrapping: Wrapping): OwnColumn | undefined {
  return column && { ...column, wrapping: column.wrapping === 'function' ? 'function' : wrapping };
}

/** `auth.uid() <> ''` asks for any subject; `auth.uid() = 'ann'` for one. */
function againstConstant(operator: string, value: Node | undefined): Fact {
  const isEmpty = constantText(value) === '';
  // auth.uid() is never the empty text.
  if (operator === '=') return isEmpty ? { kind: 'constant', value: false } : { kind: 'certain-users' };
  return operator === '<>' || (operator === '>' && isEmpty) ? { kind: 'signed-in' } : UNKNOWN;
}

/** The role of the token or of the session, which tells signed-in from signed-out and nobody else apart. */
function roleTest(
  operator: string,
  asked: Node | undefined,
  value: Node | undefined,
  model: SchemaModel,
): Fact | undefined {
  if (!isRole(asked) || !isConstant(value)) return undefined;
  // On v2 it is the tenant's own role for everybody, which such a comparison never means.
  if (model.engine === 'v2_shared') return UNKNOWN;
  const isSignedIn = constantText(value) === AUTHENTICATED;
  if (operator === '=') return isSignedIn ? { kind: 'signed-in' } : UNKNOWN;
  return operator === '<>' && constantText(value) === 'anon' ? { kind: 'signed-in' } : UNKNOWN;
}

function isRole(node: Node | undefined): boolean {
  if (!node) return false;
  if ('TypeCast' in node) return isRole(node.TypeCast.arg);
  if ('SubLink' in node) return isRole(onlyTarget(node));
  if ('FuncCall' in node && textsOf(node.FuncCall.funcname).join('.') === 'auth.role') return true;
  const path = readSubject(node) ? undefined : readClaim(node)?.path;
  return isDatabaseRole(node) || path?.join() === 'role' || readSetting(node)?.name === 'role';
}
