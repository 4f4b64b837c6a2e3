import { defineRule, removeAt, type Span, type Statement } from '../rule';

export default defineRule({
  id: 'grant-option',
  title: 'Request role that may grant on',
  severity: 'info',
  fixable: true,
  sources: [],
  docs: {
    what: 'A GRANT to a role that requests run as has WITH GRANT OPTION.',
    why:
      'The role may hand the privilege to any other role, `anon` and PUBLIC included, for instance through a function that runs ' +
      'with its caller’s rights. No request needs that.',
    how: 'Remove WITH GRANT OPTION.',
    falseAlarm: 'None known.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated with grant option;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { statement, isGrant, grantOption, grantees } of model.grants) {
      if (!isGrant || !grantOption) continue;
      const role = grantees
        .map(({ name }) => model.requestRoleNamed(name))
        .find(name => model.requestRoles.includes(name));
      const at = optionAt(statement);
      if (role === undefined || !at) continue;
      report({
        at,
        message: `${role}, which requests run as, may hand these privileges on to any role, anon included.`,
        fix: { title: 'Remove WITH GRANT OPTION', edits: [removeAt(statement, at)] },
      });
    }
  },
});

/** The words `with grant option`. */
function optionAt(statement: Statement): Span | undefined {
  const last = statement.tokens.findLastIndex(({ kind, value }) => kind === 'word' && value === 'option');
  return last < 2 ? undefined : statement.tokenSpan(last - 2, last);
}
