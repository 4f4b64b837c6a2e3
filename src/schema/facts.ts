import type { A_Expr, FuncCall, Node, SubLink } from '@pgsql/types';
import { relationsOf, textOf, textsOf, walk } from './ast';
import type { Atom } from './condition';
import type { SchemaModel } from './model';
import type { Routine, Table } from './objects';
import { columnUses } from './scope';
import { claimsIn, readClaim } from './settings';
import { constantText, readSubject } from './subject';
import { truthOf } from './truth';

/** How a column stands in a comparison: bare, under a cast, or inside a function call such as `lower(owner_id)`. */
export type Wrapping = 'bare' | 'cast' | 'function';

/** What an atom of a predicate says, as far as the text tells. NOT is already taken into account. */
export type Fact =
  /** `owner_id = auth.uid()`: the row's column is the subject. */
  | {
      readonly kind: 'owner';
      readonly column: string;
      readonly wrapping: Wrapping;
      readonly nullSafe: boolean;
    }
  /** `owner_id <> auth.uid()`: everybody else's rows. */
  | { readonly kind: 'not-owner'; readonly column: string }
  /** LIKE, regular expression or position between a column and the subject. */
  | { readonly kind: 'owner-pattern'; readonly column: string; readonly operator: string }
  /** `owner_id = current_user`: the database role, which all users share. */
  | { readonly kind: 'database-role'; readonly column: string }
  /** `owner_id = 'ann'`, on a column that other policies tie to the subject or not. */
  | { readonly kind: 'literal'; readonly column: string; readonly operator: string }
  /** There is a subject, or a role: `auth.uid() is not null`. */
  | { readonly kind: 'signed-in' }
  /** There is none: `auth.uid() is null`. */
  | { readonly kind: 'signed-out' }
  /** The subject, or a claim, is a certain constant: some users, whatever the row. */
  | { readonly kind: 'certain-users' }
  /** A column compared with a claim other than `sub`, or with what a function makes of the subject. */
  | { readonly kind: 'derived'; readonly column: string | undefined }
  /** EXISTS, IN or a scalar subquery over other relations. */
  | {
      readonly kind: 'related';
      readonly sublink: SubLink;
      /** Keys of what it reads. */
      readonly relations: readonly string[];
      /** The subject, or something made of it, occurs inside. */
      readonly mentionsSubject: boolean;
      /** It speaks of the row: by a column inside, or left of IN. */
      readonly correlated: boolean;
    }
  /** A call of a boolean function. */
  | {
      readonly kind: 'function';
      readonly call: FuncCall;
      /** Where the files define it; several overloads can be meant. */
      readonly routines: readonly Routine[];
      readonly correlated: boolean;
      readonly mentionsSubject: boolean;
    }
  /** The row's own columns and constants only. */
  | { readonly kind: 'row' }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'unknown' };

const UNKNOWN: Fact = { kind: 'unknown' };
const PATTERN_OPERATORS: ReadonlySet<string> = new Set(['~~', '~~*', '~', '~*', '^@']);
const OPPOSITE: Readonly<Record<string, string>> = { '=': '<>', '<>': '=', '!=': '=' };

/** Says what an atom means for a row of `table`. */
export function factOf({ node, negated }: Atom, table: Table, model: SchemaModel): Fact {
  const truth = truthOf(node, { notNull: column => table.columns.get(column)?.notNull ?? false });
  if (!truth.canBeFalse && truth.canBeTrue) return { kind: 'constant', value: !negated };
  if (!truth.canBeTrue) return { kind: 'constant', value: negated && truth.canBeFalse };
  if ('NullTest' in node) {
    const isNull = (node.NullTest.nulltesttype === 'IS_NULL') !== negated;
    if (derivesFromSubject(node.NullTest.arg, model)) return { kind: isNull ? 'signed-out' : 'signed-in' };
  }
  if ('A_Expr' in node) return new Comparison(table, model).read(node.A_Expr, negated);
  if ('SubLink' in node) return related(node.SubLink, node, table, model, negated);
  if ('FuncCall' in node) return calledFunction(node.FuncCall, node, table, model, negated);
  return isRowOnly(node, table, model) ? { kind: 'row' } : UNKNOWN;
}

/** Whether an expression is the subject, a claim, or made of them by functions and subqueries. */
export function derivesFromSubject(node: Node | undefined, model: SchemaModel): boolean {
  if (!node) return false;
  if (readSubject(node) || readClaim(node)) return true;
  let found = false;
  walk(node, (type, fields) => {
    if (found) return;
    const part = { [type]: fields } as unknown as Node;
    if (readSubject(part) || (type === 'A_Expr' && readClaim(part))) found = true;
    else if (type === 'FuncCall') found = routinesOf(fields, model).some(bodyMentionsSubject);
  });
  return found;
}

/** Routines of the files that a call can mean. */
export function routinesOf({ funcname, args }: FuncCall, model: SchemaModel): Routine[] {
  return model.routinesCalled(textsOf(funcname), args?.length ?? 0);
}

/** Whether the text of a routine asks who is calling. */
export function bodyMentionsSubject({ statement }: Routine): boolean {
  return (statement.body?.queries ?? []).some(query => mentionsSubject(query) || claimsIn(query).length > 0);
}

export function mentionsSubject(tree: unknown): boolean {
  let found = false;
  walk(tree, (type, fields) => {
    found ||= readSubject({ [type]: fields } as unknown as Node) !== undefined;
  });
  return found;
}

class Comparison {
  constructor(
    private readonly table: Table,
    private readonly model: SchemaModel,
  ) {}

  read({ kind, name, lexpr, rexpr }: A_Expr, negated: boolean): Fact {
    if (kind === 'AEXPR_IN' && rexpr && 'List' in rexpr) {
      const [only, ...others] = rexpr.List.items ?? [];
      const operator = textOf(name?.[0]) ?? '=';
      if (only && others.length === 0) return this.sides(operator, lexpr, only, false, negated);
      const facts = [only, ...others].map(item => this.sides(operator, lexpr, item, false, negated));
      if (facts[0] && facts.every(({ kind }) => kind === 'literal')) return facts[0];
      return this.rowOrUnknown([lexpr, rexpr]);
    }
    const nullSafe = kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT';
    const operator = nullSafe ? (kind === 'AEXPR_DISTINCT' ? '<>' : '=') : (textOf(name?.at(-1)) ?? '');
    return this.sides(operator, lexpr, rexpr, nullSafe, negated);
  }

  private sides(
    operator: string,
    left: Node | undefined,
    right: Node | undefined,
    nullSafe: boolean,
    negated: boolean,
  ): Fact {
    const effective = negated ? (OPPOSITE[operator] ?? `not ${operator}`) : operator;
    const column = this.ownColumn(left) ?? this.ownColumn(right);
    const other = this.ownColumn(left) ? right : left;
    const own = column && readSubject(other) ? column : undefined;
    if (own) return this.withSubject(own, effective, nullSafe);
    if (column && isDatabaseRole(other)) return { kind: 'database-role', column: column.name };
    if (column && isConstant(other))
      return column.wrapping === 'bare' && effective === '='
        ? { kind: 'literal', column: column.name, operator: effective }
        : { kind: 'row' };
    const subjectLeft = derivesFromSubject(left, this.model);
    const subjectRight = derivesFromSubject(right, this.model);
    if (column && (subjectLeft || subjectRight))
      return effective === '=' ? { kind: 'derived', column: column.name } : UNKNOWN;
    const value = subjectLeft ? right : left;
    if ((subjectLeft || subjectRight) && isConstant(value)) return againstConstant(effective, value);
    if (subjectLeft || subjectRight)
      return this.mentionsOwn([left, right]) ? { kind: 'derived', column: undefined } : UNKNOWN;
    return this.rowOrUnknown([left, right]);
  }

  private withSubject(
    { name, wrapping }: { name: string; wrapping: Wrapping },
    operator: string,
    nullSafe: boolean,
  ): Fact {
    if (operator === '=') return { kind: 'owner', column: name, wrapping, nullSafe };
    if (OPPOSITE[operator] === '=') return { kind: 'not-owner', column: name };
    if (PATTERN_OPERATORS.has(operator)) return { kind: 'owner-pattern', column: name, operator };
    return UNKNOWN;
  }

  /** The policy's own column on one side of a comparison. */
  private ownColumn(node: Node | undefined): { name: string; wrapping: Wrapping } | undefined {
    if (!node) return undefined;
    if ('TypeCast' in node) return rewrap(this.ownColumn(node.TypeCast.arg), 'cast');
    if ('FuncCall' in node && node.FuncCall.args?.length === 1)
      return rewrap(this.ownColumn(node.FuncCall.args[0]), 'function');
    if ('CoalesceExpr' in node) return rewrap(this.ownColumn(node.CoalesceExpr.args?.[0]), 'function');
    if (!('ColumnRef' in node)) return undefined;
    const [use] = columnUses(node, this.table, this.model);
    return use?.of === 'own' ? { name: use.column, wrapping: 'bare' } : undefined;
  }

  private mentionsOwn(nodes: readonly (Node | undefined)[]): boolean {
    return nodes.some(node => node && speaksOfRow(node, this.table, this.model));
  }

  private rowOrUnknown(nodes: readonly (Node | undefined)[]): Fact {
    return nodes.every(node => !node || isRowOnly(node, this.table, this.model)) ? { kind: 'row' } : UNKNOWN;
  }
}

function rewrap(
  column: { name: string; wrapping: Wrapping } | undefined,
  wrapping: Wrapping,
): { name: string; wrapping: Wrapping } | undefined {
  return column && { ...column, wrapping: column.wrapping === 'function' ? 'function' : wrapping };
}

/** `auth.uid() <> ''` asks for any subject; `auth.uid() = 'ann'` for one. */
function againstConstant(operator: string, value: Node | undefined): Fact {
  if (operator === '=') return { kind: 'certain-users' };
  if (operator === '<>' && constantText(value) === '') return { kind: 'signed-in' };
  return { kind: operator === '<>' ? 'signed-in' : 'unknown' };
}

function related(sublink: SubLink, node: Node, table: Table, model: SchemaModel, negated: boolean): Fact {
  if (negated) return UNKNOWN;
  const relations = relationsOf(sublink.subselect).map(({ relname = '', schemaname }) =>
    model.keyOf(relname, schemaname),
  );
  return {
    kind: 'related',
    sublink,
    relations,
    mentionsSubject: derivesFromSubject(sublink.subselect, model),
    correlated: speaksOfRow(node, table, model),
  };
}

function calledFunction(
  call: FuncCall,
  node: Node,
  table: Table,
  model: SchemaModel,
  negated: boolean,
): Fact {
  if (negated) return UNKNOWN;
  const routines = routinesOf(call, model);
  const asksSubject = routines.length > 0 && routines.every(bodyMentionsSubject);
  return {
    kind: 'function',
    call,
    routines,
    correlated: speaksOfRow(node, table, model),
    mentionsSubject: asksSubject || derivesFromSubject(node, model),
  };
}

function speaksOfRow(node: Node, table: Table, model: SchemaModel): boolean {
  return columnUses(node, table, model).some(({ of }) => of === 'own');
}

function isRowOnly(node: Node, table: Table, model: SchemaModel): boolean {
  if (holds(node, 'SubLink') || holds(node, 'ParamRef') || derivesFromSubject(node, model)) return false;
  const calls = callsIn(node).filter(({ funcname }) => !PURE_FUNCTIONS.has(textsOf(funcname).at(-1) ?? ''));
  return calls.length === 0 && columnUses(node, table, model).every(({ of }) => of === 'own');
}

function holds(tree: unknown, wanted: string): boolean {
  const found: string[] = [];
  walk(tree, type => {
    if (type === wanted) found.push(type);
  });
  return found.length > 0;
}

/** Functions that look at nothing but their arguments and the clock. */
const PURE_FUNCTIONS: ReadonlySet<string> = new Set(
  'now lower upper length trim btrim abs round date_trunc date_part extract age to_char array_length cardinality jsonb_array_length position substring left right starts_with'.split(
    ' ',
  ),
);

/** Every function call of a tree. */
export function callsIn(tree: unknown): FuncCall[] {
  const calls: FuncCall[] = [];
  walk(tree, (type, fields) => {
    if (type === 'FuncCall') calls.push(fields);
  });
  return calls;
}

function isConstant(node: Node | undefined): boolean {
  if (!node) return false;
  if ('TypeCast' in node) return isConstant(node.TypeCast.arg);
  return 'A_Const' in node && !node.A_Const.isnull;
}

/** `current_user` and its like, and the `role` setting. */
export function isDatabaseRole(node: Node | undefined): boolean {
  if (!node) return false;
  if ('TypeCast' in node) return isDatabaseRole(node.TypeCast.arg);
  return (
    'SQLValueFunction' in node &&
    ['SVFOP_CURRENT_USER', 'SVFOP_SESSION_USER', 'SVFOP_CURRENT_ROLE', 'SVFOP_USER'].includes(
      node.SQLValueFunction.op ?? '',
    )
  );
}
