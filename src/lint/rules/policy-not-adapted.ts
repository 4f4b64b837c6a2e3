import {
  AUTHENTICATED,
  defineRule,
  policyRolesIn,
  replaceAt,
  type Fix,
  type Policy,
  type SchemaModel,
  type Span,
  type Statement,
} from '../rule';

export default defineRule({
  id: 'policy-not-adapted',
  title: '“authenticated” where a v2 push does not replace it',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: '`authenticated` stands in quotes, in ALTER POLICY, or inside a DO block or function body.',
    why: 'The role does not exist on v2 shared; a push puts the project’s own role in its place, but only where it is written without quotes in CREATE POLICY, GRANT, REVOKE or ALTER DEFAULT PRIVILEGES. Anywhere else the push fails with 42704 "role "authenticated" does not exist"; a DO block that first asks whether the role exists does nothing at all.',
    how: 'Write `authenticated` without quotes, in statements of their own. Replace ALTER POLICY by DROP POLICY and CREATE POLICY.',
    falseAlarm:
      'A DO block whose branch for `authenticated` never runs on v2 shared because another branch covers it.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to "authenticated" using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const statement of model.statements) {
      if ('DoStmt' in statement.node || 'CreateFunctionStmt' in statement.node) {
        const hidden = hiddenRole(statement);
        if (hidden) report(hidden);
        continue;
      }
      const isAlter = 'AlterPolicyStmt' in statement.node;
      for (const { name, at } of policyRolesIn(statement)) {
        const isQuoted = statement.textOf(at).endsWith('"');
        if (name !== AUTHENTICATED || !(isAlter || isQuoted)) continue;
        const fix = isAlter
          ? recreate(model, statement)
          : { title: 'Remove the quotes', edits: [replaceAt(at, AUTHENTICATED)] };
        report({
          at,
          message: `A v2 push does not replace ${isAlter ? 'authenticated in ALTER POLICY' : 'authenticated in quotes'} by the project's role: it fails with 42704 "role "authenticated" does not exist".`,
          ...(fix && { fix }),
        });
      }
    }
  },
});

const ROLE_IN_BODY =
  /\b(?:grant|revoke|policy|privileges)\b[^;]*?\b(?:to|from)\s+(?:[\w"]+\s*,\s*)*"?authenticated\b/i;
const COMMENTS = /--[^\n]*|\/\*[\s\S]*?\*\//g;
/** The block looks for the role, or lives with its absence. */
const GUARD = /\bpg_roles\b|\bpg_authid\b|\bto_regrole\b|\bundefined_object\b|\bwhen\s+others\b/i;
/** The block works the project's role out, and may keep `authenticated` for the other engine. */
const OWN_ROLE = /\bcurrent_schema\b|_(?:api|role)'/i;
const BRANCH = /\b(?:else|elsif|elseif|case)\b/i;

/** `authenticated` as a role in a text that the push leaves as it is. */
function hiddenRole(statement: Statement): { at: Span; message: string } | undefined {
  for (const { kind, start, end } of statement.tokens) {
    if (kind !== 'string') continue;
    const text = statement
      .textOf({ ...statement.at, start, end })
      .replace(COMMENTS, comment => ' '.repeat(comment.length));
    const found = ROLE_IN_BODY.exec(text);
    const guarded = GUARD.test(text);
    if (!found || (OWN_ROLE.test(text) && (guarded || BRANCH.test(text)))) continue;
    const last = start + found.index + found[0].length;
    return {
      at: { ...statement.at, start: last - AUTHENTICATED.length, end: last },
      message: guarded
        ? 'A v2 push leaves authenticated in a body as it is; the role does not exist there, so this branch does nothing.'
        : 'A v2 push leaves authenticated in a body as it is: running it fails with 42704 "role "authenticated" does not exist". Write the statement outside.',
    };
  }
  return undefined;
}

/** DROP and CREATE POLICY in place of ALTER POLICY, when the files make the policy. */
function recreate(model: SchemaModel, statement: Statement): Fix | undefined {
  const policy = model.policies.find(({ alteredBy }) => alteredBy.includes(statement));
  if (!policy) return undefined;
  const name = statement.textOf(statement.tokenSpan(2));
  const { written } = policy.table;
  const sql = `drop policy ${name} on ${written};\ncreate policy ${name} on ${written} ${definition(policy)}`;
  return { title: `Drop and create ${policy.name} instead`, edits: [replaceAt(statement.at, sql)] };
}

function definition({ permissive, verb, roles, using, check }: Policy): string {
  const names = roles.map(({ name }) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name}"`));
  return [
    ...(permissive ? [] : ['as restrictive']),
    `for ${verb} to ${names.join(', ')}`,
    ...(using ? [`using (${using.text})`] : []),
    ...(check ? [`with check (${check.text})`] : []),
  ].join(' ');
}
