import { defineRule } from '../rule';

export default defineRule({
  id: 'owner-email-key',
  title: 'E-mail address as the owner',
  severity: 'info',
  fixable: false,
  sources: ['pgrls SEC034'],
  docs: {
    what: 'A policy compares a column with the `email` claim of the token.',
    why:
      'People change their address, and then lose their rows; whoever gets the address next reads them. It differs in case ' +
      'from one sign-in to the next, and not every identity provider verifies it. A token without the claim sees nothing.',
    how: 'Store the subject and compare it with `auth.uid()`.',
    falseAlarm: 'Invitations and the like, which are addressed before the user exists.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated
  using (owner_id = (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'email'));
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { using, check, table, name } of model.policies) {
      for (const predicate of [using, check]) {
        // The column may be folded, too: lower(owner_email) = lower(… ->> 'email').
        for (const { path, node } of predicate?.claims ?? []) {
          if (!predicate || path.length !== 1 || path[0] !== 'email') continue;
          const compared = predicate.atoms.some(
            atom =>
              predicate.factOf(atom).kind === 'derived' &&
              holds(atom.node, 'A_Expr' in node ? node.A_Expr : node),
          );
          if (!compared) continue;
          report({
            at: predicate.spanOf(node),
            message: `${name} finds the owner of a row of ${table.name} by e-mail address, which changes, differs in case and need not be verified. auth.uid() stays the same.`,
          });
        }
      }
    }
  },
});

function holds(tree: unknown, part: unknown): boolean {
  if (tree === part) return true;
  if (typeof tree !== 'object' || tree === null) return false;
  return Object.values(tree).some(value => holds(value, part));
}
