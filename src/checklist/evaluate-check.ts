import type { A_Expr, FuncCall, Node } from '@pgsql/types';
import { textOf, textsOf } from '../schema/ast';
import { typeName } from '../schema/subject';
import { arithmetic, cast, compare, instantOf, isObject, UNTOLD, type SqlValue } from './sql-value';
import type { RowValue } from './table-plan';

/** The value of a column of the row, by its name. */
export type Columns = (name: string) => SqlValue;

/** Works out an expression over the columns of one row. */
export function evaluate(node: Node | undefined, columns: Columns): SqlValue {
  if (!node) return UNTOLD;
  const value = (inner: Node | undefined): SqlValue => evaluate(inner, columns);
  if ('A_Const' in node) {
    const { isnull, ival, fval, boolval, sval } = node.A_Const;
    if (isnull) return null;
    if (ival) return ival.ival ?? 0;
    if (fval) return Number(fval.fval);
    if (boolval) return boolval.boolval ?? false;
    return sval ? (sval.sval ?? '') : UNTOLD;
  }
  if ('ColumnRef' in node) {
    const name = textsOf(node.ColumnRef.fields).at(-1);
    return name === undefined ? UNTOLD : columns(name);
  }
  if ('TypeCast' in node) {
    const { arg, typeName: type } = node.TypeCast;
    return type?.arrayBounds ? arrayIn(value(arg)) : cast(value(arg), typeName(type));
  }
  if ('BoolExpr' in node) {
    const parts = (node.BoolExpr.args ?? []).map(value);
    if (node.BoolExpr.boolop === 'NOT_EXPR') return not(parts[0] ?? UNTOLD);
    return junction(parts, node.BoolExpr.boolop === 'OR_EXPR');
  }
  if ('NullTest' in node) {
    const inner = value(node.NullTest.arg);
    return inner === UNTOLD ? UNTOLD : (inner === null) === (node.NullTest.nulltesttype === 'IS_NULL');
  }
  if ('BooleanTest' in node) {
    const inner = value(node.BooleanTest.arg);
    const test = TESTS[node.BooleanTest.booltesttype ?? ''];
    return inner === UNTOLD || !test ? UNTOLD : (inner === test.is) !== test.not;
  }
  if ('CoalesceExpr' in node) {
    const parts = (node.CoalesceExpr.args ?? []).map(value);
    return parts.find(part => part !== null) ?? null;
  }
  if ('CaseExpr' in node && !node.CaseExpr.arg) {
    for (const branch of node.CaseExpr.args ?? []) {
      const when = 'CaseWhen' in branch ? value(branch.CaseWhen.expr) : UNTOLD;
      if (when === UNTOLD) return UNTOLD;
      if (when === true) return 'CaseWhen' in branch ? value(branch.CaseWhen.result) : UNTOLD;
    }
    return node.CaseExpr.defresult ? value(node.CaseExpr.defresult) : null;
  }
  if ('A_ArrayExpr' in node) {
    const parts = (node.A_ArrayExpr.elements ?? []).map(value);
    return parts.includes(UNTOLD) ? UNTOLD : (parts as RowValue[]);
  }
  if ('SQLValueFunction' in node) {
    const op = node.SQLValueFunction.op ?? '';
    return CLOCK.test(op) ? instantOf(Date.now(), op === 'SVFOP_CURRENT_DATE') : UNTOLD;
  }
  if ('FuncCall' in node) return call(node.FuncCall, value);
  return 'A_Expr' in node ? operation(node.A_Expr, value) : UNTOLD;
}

/** `'{a,b}'::text[]`, without the quotes that some elements need. */
function arrayIn(value: SqlValue): SqlValue {
  if (typeof value !== 'string') return value;
  const [, inner] = /^\{([^"{}\\]*)\}$/.exec(value) ?? [];
  return inner === undefined ? UNTOLD : inner.split(',').filter(item => item !== '');
}

const CLOCK = /^SVFOP_(?:CURRENT_DATE|CURRENT_TIMESTAMP|LOCALTIMESTAMP)/;
const TESTS: Readonly<Record<string, { is: boolean | null; not: boolean }>> = {
  IS_TRUE: { is: true, not: false },
  IS_NOT_TRUE: { is: true, not: true },
  IS_FALSE: { is: false, not: false },
  IS_NOT_FALSE: { is: false, not: true },
  IS_UNKNOWN: { is: null, not: false },
  IS_NOT_UNKNOWN: { is: null, not: true },
};

function not(value: SqlValue): SqlValue {
  return typeof value === 'boolean' ? !value : value === null ? null : UNTOLD;
}

/** AND and OR of three values, and of those that are not told. */
function junction(parts: readonly SqlValue[], decides: boolean): SqlValue {
  if (parts.includes(decides)) return decides;
  if (parts.some(part => part !== null && typeof part !== 'boolean')) return UNTOLD;
  return parts.includes(null) ? null : !decides;
}

function operation({ kind, name, lexpr, rexpr }: A_Expr, value: (node?: Node) => SqlValue): SqlValue {
  const operator = textOf(name?.at(-1)) ?? '';
  const listed = rexpr && 'List' in rexpr ? (rexpr.List.items ?? []).map(item => value(item)) : [];
  const left = lexpr ? value(lexpr) : null;
  switch (kind) {
    case 'AEXPR_IN': {
      const found = junction(
        listed.map(item => compare('=', left, item)),
        true,
      );
      return operator === '<>' ? not(found) : found;
    }
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [low = UNTOLD, high = UNTOLD] = listed;
      const inside = junction([compare('>=', left, low), compare('<=', left, high)], false);
      return kind === 'AEXPR_BETWEEN' ? inside : not(inside);
    }
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL': {
      const items = value(rexpr);
      if (!Array.isArray(items)) return items === null ? null : UNTOLD;
      return junction(
        (items as RowValue[]).map(item => compare(operator, left, item)),
        kind === 'AEXPR_OP_ANY',
      );
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const right = value(rexpr);
      if (left === UNTOLD || right === UNTOLD) return UNTOLD;
      const same = left === null || right === null ? left === right : compare('=', left, right);
      return kind === 'AEXPR_DISTINCT' ? not(same) : same;
    }
    case 'AEXPR_OP':
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      // A sign before a number has no left side.
      if (!lexpr && operator === '-') return arithmetic('-', 0, value(rexpr));
      return binary(operator, left, value(rexpr));
    default:
      return UNTOLD;
  }
}

function binary(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  if (left === UNTOLD || right === UNTOLD) return UNTOLD;
  if (left === null || right === null) return null;
  if (/^(?:[<>]=?|=|<>|!=)$/.test(operator)) return compare(operator, left, right);
  if (/^[-+*/%]$/.test(operator)) return arithmetic(operator, left, right);
  if (operator === '?' && typeof right === 'string') return holdsKey(left, right);
  if (typeof left !== 'string' || typeof right !== 'string') return UNTOLD;
  if (operator === '||') return left + right;
  const pattern = patternOf(operator, right);
  return pattern ? pattern.test(left) !== operator.startsWith('!') : UNTOLD;
}

/** Whether a JSON object has a key, or an array a text. */
function holdsKey(value: SqlValue, key: string): SqlValue {
  if (Array.isArray(value)) return value.includes(key);
  return isObject(value) ? key in value : UNTOLD;
}

/** LIKE and the part of PostgreSQL's regular expressions that JavaScript spells alike. */
function patternOf(operator: string, text: string): RegExp | undefined {
  const flags = operator.endsWith('*') ? 'is' : 's';
  if (operator.includes('~~')) {
    const source = text
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/%/g, '.*')
      .replace(/_/g, '.');
    return new RegExp(`^${source}$`, flags);
  }
  if (!operator.includes('~') || /\\[AZmMyY]|^\*\*\*|\[\[[.=]/.test(text)) return undefined;
  const source = text.replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole);
  try {
    return new RegExp(source.replace(/^\(\?i\)/, ''), source.startsWith('(?i)') ? 'is' : flags);
  } catch {
    return undefined;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  xdigit: '0-9a-fA-F',
};

/** PostgreSQL's own functions that CHECKs commonly call. */
function call({ funcname, args = [] }: FuncCall, value: (node?: Node) => SqlValue): SqlValue {
  const name = textsOf(funcname).at(-1) ?? '';
  const values = args.map(arg => value(arg));
  if (name === 'num_nonnulls' || name === 'num_nulls') {
    if (values.includes(UNTOLD)) return UNTOLD;
    return values.filter(each => (each === null) === (name === 'num_nulls')).length;
  }
  if (name === 'now' && args.length === 0) return instantOf(Date.now(), false);
  const [first = UNTOLD, second] = values;
  if (first === null) return null;
  if (typeof first === 'string') {
    const text = TEXT_FUNCTIONS[name];
    if (text && (second === undefined || typeof second === 'string')) return text(first, second);
  }
  if (typeof first === 'number' && name === 'abs') return Math.abs(first);
  if (Array.isArray(first)) {
    const { length } = first;
    if (/^(?:cardinality|jsonb?_array_length)$/.test(name)) return length;
    // The length of an empty array is NULL.
    if (name === 'array_length') return length === 0 ? null : length;
  }
  if (/^jsonb?_typeof$/.test(name) && first !== UNTOLD) return jsonType(first);
  return UNTOLD;
}

function jsonType(value: SqlValue): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

const TEXT_FUNCTIONS: Readonly<Record<string, (text: string, other?: string) => SqlValue>> = {
  length: text => text.length,
  char_length: text => text.length,
  character_length: text => text.length,
  octet_length: text => Buffer.byteLength(text),
  lower: text => text.toLowerCase(),
  upper: text => text.toUpperCase(),
  btrim: (text, other) => (other === undefined ? text.replace(/^ +| +$/g, '') : UNTOLD),
  ltrim: (text, other) => (other === undefined ? text.replace(/^ +/, '') : UNTOLD),
  rtrim: (text, other) => (other === undefined ? text.replace(/ +$/, '') : UNTOLD),
  starts_with: (text, other) => (other === undefined ? UNTOLD : text.startsWith(other)),
  strpos: (text, other) => (other === undefined ? UNTOLD : text.indexOf(other) + 1),
};
