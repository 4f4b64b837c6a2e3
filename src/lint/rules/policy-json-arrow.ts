import {
  constantText,
  defineRule,
  onlyTarget,
  readClaim,
  readSubject,
  replaceAt,
  requestCode,
  textOf,
  typeName,
  walk,
  type A_Expr,
  type ClaimRead,
  type Node,
  type RequestCode,
  type TypeCast,
} from '../rule';

export default defineRule({
  id: 'policy-json-arrow',
  title: 'JSON compared with text',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A claim is read with `->`, which yields JSON, and compared with text.',
    why:
      'There is no such operator: the push answers 42883 "operator does not exist: text = json" and is rolled back. A cast ' +
      'of the result to text passes the push and keeps the quotes of the JSON, so that nothing is equal to it.',
    how: 'Write `->>`, which yields text.',
    falseAlarm: 'A column of type jsonb that holds what the claim holds; such a comparison is not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('request.jwt.claims', true)::json -> 'sub');
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = current_setting('request.jwt.claims', true)::json ->> 'sub');
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      if (!code.claims.some(({ asText }) => !asText)) continue;
      const { statement } = code;
      walk(code.node, (type, fields) => {
        const found = type === 'A_Expr' ? mistakenRead(fields, code) : undefined;
        if (!found || !('A_Expr' in found.claim.node)) return;
        const { location, name } = found.claim.node.A_Expr;
        const operator = textOf(name?.[0]) ?? '->';
        const at = code.tokenAt(location);
        report({
          at,
          message: found.isCast
            ? `${operator} yields JSON, whose text keeps its quotes: this is never equal. Use ${operator}>.`
            : `${operator} yields JSON, and there is no operator between text and json: ${code.name} fails with 42883. Use ${operator}>.`,
          ...(statement && {
            fix: { title: `Change to ${operator}>`, edits: [replaceAt(at, `${operator}>`)] },
          }),
        });
      });
    }
  },
});

/** Claims that are texts in every token. */
const TEXT_CLAIMS: ReadonlySet<string> = new Set(['sub', 'email', 'role', 'tenant_id']);
const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '!=', '~~', '~~*']);

/** The claim read as JSON on one side of a comparison, where that cannot be meant. */
function mistakenRead(
  { kind, name, lexpr, rexpr }: A_Expr,
  code: RequestCode,
): { claim: ClaimRead; isCast: boolean } | undefined {
  if (kind === 'AEXPR_NULLIF' || !COMPARISONS.has(textOf(name?.at(-1)) ?? '')) return undefined;
  const isLeft = readClaim(bare(lexpr)) !== undefined;
  const side = bare(isLeft ? lexpr : rexpr);
  const claim = readClaim(side);
  if (!side || !claim || claim.asText) return undefined;
  if ('TypeCast' in side) {
    const isCast = typeName(side.TypeCast.typeName) === 'text' && TEXT_CLAIMS.has(claim.path.join());
    return isCast ? { claim, isCast } : undefined;
  }
  const other = isLeft ? rexpr : lexpr;
  return isJson(claim) || isNoJson(other, code) ? { claim, isCast: false } : undefined;
}

function bare(node: Node | undefined): Node | undefined {
  return (node && onlyTarget(node)) ?? node;
}

/** Type json has no comparisons at all; jsonb has them with its own kind. */
function isJson({ node }: ClaimRead): boolean {
  let found = false;
  walk(node, (type, fields) => {
    found ||= type === 'TypeCast' && typeName((fields as TypeCast).typeName) === 'json';
  });
  return found;
}

function isNoJson(node: Node | undefined, code: RequestCode): boolean {
  if (!node) return false;
  const constant = constantText(node);
  if (constant !== undefined) return !/^\s*(?:["[{\d-]|true|false|null)/.test(constant);
  const type = readSubject(node) ? 'text' : code.columnType(node);
  return type !== undefined && !type.startsWith('json');
}
