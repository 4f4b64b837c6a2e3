import type { A_Expr, Node } from '@pgsql/types';
import { textOf } from './ast';
import { isDatabaseRole } from './facts';
import { readClaim, readSetting } from './settings';
import { constantText, onlyTarget } from './subject';

/** A comparison of the caller's role with names. */
export interface RoleTest {
  /** The `role` claim of the token, or the role that the database says the session has. */
  readonly of: 'claim' | 'database';
  /** At least one. */
  readonly names: readonly string[];
  readonly isEqual: boolean;
}

/** Reads a comparison as one of the role with constants; undefined for any other. */
export function readRoleTest({ kind, name, lexpr, rexpr }: A_Expr): RoleTest | undefined {
  const operator = textOf(name?.at(-1)) ?? '';
  if (!['=', '<>', '!='].includes(operator) || kind === 'AEXPR_NULLIF') return undefined;
  const left = roleOf(lexpr);
  const of = left ?? roleOf(rexpr);
  const names = constantsOf(left ? rexpr : lexpr);
  if (!of || names.length === 0) return undefined;
  return { of, names, isEqual: (operator === '=') === (kind !== 'AEXPR_DISTINCT') };
}

function roleOf(node: Node | undefined): RoleTest['of'] | undefined {
  if (!node) return undefined;
  const claim = readClaim(node);
  if (claim) return claim.path.join() === 'role' && !claim.throughJwt ? 'claim' : undefined;
  if (readSetting(node)?.name === 'role' || isDatabaseRole(node)) return 'database';
  if ('TypeCast' in node) return roleOf(node.TypeCast.arg);
  if ('CoalesceExpr' in node) return roleOf(node.CoalesceExpr.args?.[0]);
  return roleOf(onlyTarget(node));
}

function constantsOf(node: Node | undefined): string[] {
  if (node && 'List' in node) return (node.List.items ?? []).flatMap(constantsOf);
  if (node && 'A_ArrayExpr' in node) return (node.A_ArrayExpr.elements ?? []).flatMap(constantsOf);
  const constant = constantText(node);
  return constant === undefined ? [] : [constant];
}
