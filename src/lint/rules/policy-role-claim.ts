import {
  ANON,
  AUTHENTICATED,
  defineRule,
  insertAt,
  PUBLIC,
  readRoleTest,
  replaceAt,
  requestCode,
  tenantOf,
  walk,
  type Fix,
  type RequestCode,
  type RoleTest,
} from '../rule';

export default defineRule({
  id: 'policy-role-claim',
  title: 'Test of the role that v2 replaces',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: ['pgrls SEC037'],
  docs: {
    what: 'The `role` claim or the database role is compared with a name such as `authenticated`.',
    why:
      'On v2 shared the gateway signs a token of its own, whose role is always the project’s `t_<12 hex>_role`, whatever the ' +
      'app’s token says. The comparison is never true, and requests answer 200 with an empty array. With `<>` it is always true.',
    how: 'Leave the test out and write `to authenticated`: a v2 push turns that name, and only there, into the project’s role.',
    falseAlarm: 'SQL that only ever runs on v1 dedicated, where the role of the app’s token counts.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (current_setting('request.jwt.claims', true)::json ->> 'role' = 'authenticated' and owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      walk(code.node, (type, fields) => {
        const test = type === 'A_Expr' ? readRoleTest(fields) : undefined;
        if (!test?.names.every(name => isOther(name, test))) return;
        const name = test.names.join(' or ');
        // For any other name the test would go and its condition with it.
        const isSaidByTo = test.isEqual && name === AUTHENTICATED;
        const fix = isSaidByTo ? withoutTest(code, fields) : undefined;
        report({
          at: code.spanOf(fields),
          severity: test.isEqual ? 'error' : 'warning',
          message: test.isEqual
            ? `Never true on v2: requests run as the project's own t_<12 hex>_role, whatever the token says, not as ${name}. Use "to authenticated" instead.`
            : `Always true on v2: requests run as the project's own t_<12 hex>_role, whatever the token says, never as ${name}.`,
          ...(fix && { fix }),
        });
      });
    }
  },
});

/** Whether requests never run as that role; the database role is asked by administrators as well. */
function isOther(name: string, { of }: RoleTest): boolean {
  return of === 'claim' ? tenantOf(name) === undefined : name === AUTHENTICATED || name === ANON;
}

/** Takes one side of an AND away; the TO clause says the same. */
function withoutTest(code: RequestCode, test: unknown): Fix | undefined {
  const { owner, node, statement } = code;
  if (owner.kind !== 'policy' || !statement || !('BoolExpr' in node)) return undefined;
  const { roles, using, check } = owner.policy;
  if (roles.some(({ name }) => name === PUBLIC)) return undefined;
  const { boolop, args = [] } = node.BoolExpr;
  const index = args.findIndex(part => 'A_Expr' in part && part.A_Expr === test);
  if (boolop !== 'AND_EXPR' || index === -1) return undefined;
  const at = code.spanOf(args[index]);
  const beside = code.spanOf(args[index === 0 ? 1 : index - 1]);
  const between = { ...at, start: Math.min(at.end, beside.end), end: Math.max(at.start, beside.start) };
  if (!/^\s*and\s*$/i.test(statement.textOf(between))) return undefined;
  const gone = index === 0 ? { ...at, end: beside.start } : { ...at, start: beside.end };
  const clause = (using ?? check)?.keywordsAt ?? at;
  const to = roles.length > 0 ? [] : [insertAt(clause.file, clause.start, 'to authenticated ')];
  return { title: 'Leave the test to the TO clause', edits: [...to, replaceAt(gone, '')] };
}
