import type { FuncCall, Node } from '@pgsql/types';
import { textOf, textsOf, walk } from './ast';
import { constantText } from './subject';

/** `current_setting('…')`: something of the session, which is what PostgREST tells of a request. */
export interface SettingRead {
  readonly name: string;
  /** The second argument: NULL instead of an error (42704) when nothing set it. */
  readonly missingOk: boolean;
  readonly call: FuncCall;
}

/** A claim of the token: `current_setting('request.jwt.claims', true)::json ->> 'email'`. */
export interface ClaimRead {
  /** Keys from the outside in: `['app_metadata', 'role']`. */
  readonly path: readonly string[];
  /** `->` yields JSON, `->>` text. */
  readonly asText: boolean;
  /** The whole expression. */
  readonly node: Node;
  /** The constant that names the first key. */
  readonly key: Node | undefined;
  /** Read through `auth.jwt()`, which Flux does not have. */
  readonly throughJwt: boolean;
}

const CLAIMS = 'request.jwt.claims';

/** Reads a call of `current_setting` with a constant name. */
export function readSetting(node: Node | undefined): SettingRead | undefined {
  if (!node || !('FuncCall' in node)) return undefined;
  const { funcname, args } = node.FuncCall;
  const names = textsOf(funcname);
  if (names.at(-1) !== 'current_setting' || (names.length > 1 && names[0] !== 'pg_catalog')) return undefined;
  const name = constantText(args?.[0]);
  return name === undefined ? undefined : { name, missingOk: isTrueConstant(args?.[1]), call: node.FuncCall };
}

/** Every `current_setting` in a tree. */
export function settingsIn(tree: unknown): SettingRead[] {
  const settings: SettingRead[] = [];
  walk(tree, (type, fields) => {
    const setting = type === 'FuncCall' ? readSetting({ FuncCall: fields }) : undefined;
    if (setting) settings.push(setting);
  });
  return settings;
}

/** Reads an expression as a claim of the token; `auth.jwt()`, which other platforms have, counts as the claims. */
export function readClaim(node: Node | undefined): ClaimRead | undefined {
  if (!node) return undefined;
  if ('TypeCast' in node) return readClaim(node.TypeCast.arg);
  if (!('A_Expr' in node)) return undefined;
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  if (kind === 'AEXPR_NULLIF') return readClaim(lexpr);
  const operator = textOf(name?.[0]);
  if (kind !== 'AEXPR_OP' || lexpr === undefined) return undefined;
  const asText = operator === '->>' || operator === '#>>';
  if (!asText && operator !== '->' && operator !== '#>') return undefined;
  const key = constantText(rexpr);
  if (key === undefined) return undefined;
  const keys = operator.startsWith('#') ? key.replace(/^\{|\}$/g, '').split(',') : [key];
  if (isAllClaims(lexpr))
    return { path: keys, asText, node, key: rexpr, throughJwt: settingsIn(lexpr).length === 0 };
  const outer = readClaim(lexpr);
  return outer && { ...outer, path: [...outer.path, ...keys], asText, node };
}

/** Every claim read in a tree, each once, the whole path. */
export function claimsIn(tree: unknown): ClaimRead[] {
  const claims: ClaimRead[] = [];
  const inner = new Set<unknown>();
  walk(tree, (type, fields) => {
    if (type !== 'A_Expr' || inner.has(fields)) return;
    const claim = readClaim({ A_Expr: fields });
    if (!claim) return;
    claims.push(claim);
    // `claims -> 'a' ->> 'b'` is one read, not two.
    walk(fields.lexpr, (innerType, innerFields) => {
      if (innerType === 'A_Expr') inner.add(innerFields);
    });
  });
  return claims;
}

function isAllClaims(node: Node): boolean {
  if ('TypeCast' in node) return node.TypeCast.arg !== undefined && isAllClaims(node.TypeCast.arg);
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_NULLIF')
    return node.A_Expr.lexpr !== undefined && isAllClaims(node.A_Expr.lexpr);
  if ('CoalesceExpr' in node) return (node.CoalesceExpr.args ?? []).some(isAllClaims);
  if ('SubLink' in node && node.SubLink.subselect && 'SelectStmt' in node.SubLink.subselect) {
    const [target] = node.SubLink.subselect.SelectStmt.targetList ?? [];
    return (
      target !== undefined &&
      'ResTarget' in target &&
      target.ResTarget.val !== undefined &&
      isAllClaims(target.ResTarget.val)
    );
  }
  if ('FuncCall' in node && textsOf(node.FuncCall.funcname).join('.') === 'auth.jwt') return true;
  return readSetting(node)?.name === CLAIMS;
}

function isTrueConstant(node: Node | undefined): boolean {
  if (!node) return false;
  if ('TypeCast' in node) return /^(?:t|true|on|yes|1)$/i.test(constantText(node) ?? '');
  return 'A_Const' in node && (node.A_Const.boolval?.boolval ?? false);
}
