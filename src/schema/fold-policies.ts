import type { AlterPolicyStmt, CreatePolicyStmt, Node, RoleSpec } from '@pgsql/types';
import type { Span, Statement } from '../sql/source-file';
import type { Fold } from './from-statements';
import { mentionTable } from './fold-tables';
import type { Named, PolicyVerb, Table } from './objects';
import { Predicate } from './predicate';
import { PUBLIC } from './privileges';

export function foldPolicy(fold: Fold, statement: Statement, stmt: CreatePolicyStmt): void {
  const table = mentionTable(fold, statement, stmt.table);
  const name = stmt.policy_name ?? '';
  // create policy <name> on …
  const at = statement.tokenSpan(2);
  const first = table.policies.find(policy => policy.name === name);
  if (first) {
    fold.model.history.push({ kind: 'policy-repeated', policy: first, statement, at });
    return;
  }
  table.policies.push({
    name,
    at,
    statement,
    table,
    verb: (stmt.cmd_name ?? 'all') as PolicyVerb,
    permissive: stmt.permissive ?? false,
    roles: rolesOf(statement, stmt.roles),
    using: predicate(fold, statement, table, stmt.qual, 'using'),
    check: predicate(fold, statement, table, stmt.with_check, 'with'),
    alteredBy: [],
  });
}

export function alterPolicy(fold: Fold, statement: Statement, stmt: AlterPolicyStmt): void {
  const table = fold.model.tables.get(fold.keyOf(stmt.table));
  const policy = table?.policies.find(({ name }) => name === stmt.policy_name);
  if (!table || !policy) return;
  policy.alteredBy.push(statement);
  if (stmt.roles) policy.roles = rolesOf(statement, stmt.roles);
  policy.using = predicate(fold, statement, table, stmt.qual, 'using') ?? policy.using;
  policy.check = predicate(fold, statement, table, stmt.with_check, 'with') ?? policy.check;
}

/** Roles that a CREATE or ALTER POLICY names, whatever becomes of the policy; none for other statements. */
export function policyRolesIn(statement: Statement): Named[] {
  const { node } = statement;
  if ('CreatePolicyStmt' in node) return rolesOf(statement, node.CreatePolicyStmt.roles);
  return 'AlterPolicyStmt' in node ? rolesOf(statement, node.AlterPolicyStmt.roles) : [];
}

/** Roles as written; a missing TO clause has none. */
export function rolesOf(statement: Statement, roles: readonly Node[] | undefined): Named[] {
  return (roles ?? []).flatMap(role => {
    if (!('RoleSpec' in role) || (role.RoleSpec.location ?? 0) < 0) return [];
    return {
      name: roleName(role.RoleSpec),
      at: statement.tokenSpan(statement.tokenIndexAt(role.RoleSpec.location ?? 0)),
    };
  });
}

/** `current_user` and its like stand for whoever pushes; they are no names. */
export function roleName(role: RoleSpec): string {
  switch (role.roletype) {
    case 'ROLESPEC_PUBLIC':
      return PUBLIC;
    case 'ROLESPEC_CSTRING':
      return role.rolename ?? '';
    default:
      return 'current_user';
  }
}

function predicate(
  { model }: Fold,
  statement: Statement,
  table: Table,
  node: Node | undefined,
  keyword: 'using' | 'with',
): Predicate | undefined {
  if (!node) return undefined;
  const place = clause(statement, keyword);
  return place && new Predicate(node, place.expression, place.keywords, place.whole, statement, table, model);
}

/** Finds `using ( … )` or `with check ( … )` outside of any other parentheses. */
function clause(
  statement: Statement,
  keyword: 'using' | 'with',
): { keywords: Span; expression: Span; whole: Span } | undefined {
  const { tokens } = statement;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.value === '(' && token.kind === 'punctuation') depth += 1;
    else if (token.value === ')' && token.kind === 'punctuation') depth -= 1;
    else if (depth === 0 && index > 4 && token.kind === 'word' && token.value === keyword) {
      const open = keyword === 'with' ? index + 2 : index + 1;
      const close = closingParenthesis(statement, open);
      if (close === undefined) return undefined;
      return {
        keywords: statement.tokenSpan(index, open - 1),
        expression: statement.tokenSpan(open + 1, close - 1),
        whole: statement.tokenSpan(index, close),
      };
    }
  }
  return undefined;
}

function closingParenthesis(statement: Statement, open: number): number | undefined {
  let depth = 0;
  for (let index = open; index < statement.tokens.length; index += 1) {
    const token = statement.tokens[index];
    if (token?.kind !== 'punctuation') continue;
    if (token.value === '(') depth += 1;
    if (token.value === ')' && (depth -= 1) === 0) return index;
  }
  return undefined;
}
