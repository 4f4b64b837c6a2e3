import type { FuncCall, Node, TypeCast } from '@pgsql/types';
import { textOf, textsOf } from './ast';

/** An expression that yields the token's `sub`, and the casts around it. */
export interface SubjectExpression {
  /** The outermost cast to something else than text, such as `::uuid`. */
  readonly cast?: TypeCast;
  /** Name of that type without its schema, such as `uuid` or `int4`. */
  readonly castTo?: string;
}

const TEXT_TYPES = new Set(['text', 'varchar', 'bpchar', 'name', 'citext']);

/**
 * Reads an expression as the subject: `auth.uid()`, `(select auth.uid())`, the `sub` of `request.jwt.claims`, in any
 * parentheses, casts and NULLIF. Undefined when it is something else.
 */
export function readSubject(node: Node | undefined): SubjectExpression | undefined {
  if (!node) return undefined;
  if ('TypeCast' in node) return readCast(node.TypeCast);
  if ('CollateClause' in node) return readSubject(node.CollateClause.arg);
  if ('FuncCall' in node) return isAuthUid(node.FuncCall) ? {} : undefined;
  if ('SubLink' in node) return readSubject(onlyTarget(node));
  if ('A_Expr' in node) {
    const { kind, name, lexpr, rexpr } = node.A_Expr;
    if (kind === 'AEXPR_NULLIF') return readSubject(lexpr);
    if (
      kind === 'AEXPR_OP' &&
      textOf(name?.[0]) === '->>' &&
      constantText(rexpr) === 'sub' &&
      isClaims(lexpr)
    )
      return {};
  }
  return undefined;
}

/** Name of a cast's or column's type without its schema. */
export function typeName(type: TypeCast['typeName']): string {
  return textsOf(type?.names).at(-1) ?? '';
}

/** Text of a string constant, through casts. */
export function constantText(node: Node | undefined): string | undefined {
  if (!node) return undefined;
  if ('TypeCast' in node) return constantText(node.TypeCast.arg);
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}

/** The expression of `(select <expression>)` without FROM; undefined for any other subquery. */
export function onlyTarget(node: Node): Node | undefined {
  if (!('SubLink' in node) || node.SubLink.subLinkType !== 'EXPR_SUBLINK') return undefined;
  const query = node.SubLink.subselect;
  if (!query || !('SelectStmt' in query)) return undefined;
  const { targetList, fromClause, whereClause } = query.SelectStmt;
  const target = targetList?.length === 1 ? targetList[0] : undefined;
  return target && 'ResTarget' in target && !fromClause && !whereClause ? target.ResTarget.val : undefined;
}

function readCast(cast: TypeCast): SubjectExpression | undefined {
  const inner = readSubject(cast.arg);
  if (!inner || TEXT_TYPES.has(typeName(cast.typeName))) return inner;
  return { cast, castTo: typeName(cast.typeName) };
}

function isAuthUid(call: FuncCall): boolean {
  const name = textsOf(call.funcname);
  return name.length === 2 && name[0] === 'auth' && name[1] === 'uid' && !call.args?.length;
}

/** `current_setting('request.jwt.claims', …)` as json or jsonb. */
function isClaims(node: Node | undefined): boolean {
  if (!node) return false;
  if ('TypeCast' in node) return isClaims(node.TypeCast.arg);
  if ('SubLink' in node) return isClaims(onlyTarget(node));
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_NULLIF') return isClaims(node.A_Expr.lexpr);
  return (
    'FuncCall' in node &&
    textsOf(node.FuncCall.funcname).at(-1) === 'current_setting' &&
    constantText(node.FuncCall.args?.[0]) === 'request.jwt.claims'
  );
}
