import { AUTHENTICATED, defineRule, replaceAt, rolesOf, type Statement } from '../rule';

export default defineRule({
  id: 'grant-over-adapted',
  title: 'Name that a push takes for the role',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A GRANT, REVOKE or CREATE POLICY names a column, table or function called `authenticated`, without quotes.',
    why:
      'A v2 push replaces the word `authenticated` everywhere in such a statement by the name of the project’s role. The push fails ' +
      'with 42703 "column t_…_role does not exist", or 42P01 for a table.',
    how: 'Write `"authenticated"`: quoted names stay as they are.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, authenticated boolean not null default true);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid() and authenticated);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, authenticated boolean not null default true);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid() and "authenticated");
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const statement of model.statements) {
      const roles = rolesIn(statement);
      if (!roles) continue;
      statement.tokens.forEach(({ kind, value }, index) => {
        if (kind !== 'word' || value !== AUTHENTICATED) return;
        const at = statement.tokenSpan(index);
        if (roles.has(at.start)) return;
        report({
          at,
          message:
            'A v2 push puts the name of the project’s role here: it fails, as nothing is called that. Quoted, the name stays.',
          fix: { title: 'Quote the name', edits: [replaceAt(at, `"${AUTHENTICATED}"`)] },
        });
      });
    }
  },
});

/** Where a statement that a push adapts speaks of roles; undefined for all other statements. */
function rolesIn(statement: Statement): ReadonlySet<number> | undefined {
  const { node, tokens } = statement;
  if ('GrantStmt' in node) {
    const grantor = tokens.findLastIndex(({ value }) => value === 'by');
    return new Set([
      ...rolesOf(statement, node.GrantStmt.grantees).map(({ at }) => at.start),
      tokens[grantor + 1]?.start ?? -1,
    ]);
  }
  if (!('CreatePolicyStmt' in node)) return undefined;
  // A policy whose name is changed works like any other.
  return new Set([
    ...rolesOf(statement, node.CreatePolicyStmt.roles).map(({ at }) => at.start),
    tokens[2]?.start ?? -1,
  ]);
}
