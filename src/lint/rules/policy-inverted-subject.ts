import {
  concernsRequests,
  defineRule,
  replaceAt,
  type Atom,
  type Policy,
  type Predicate,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-inverted-subject',
  title: 'Policy for everybody but the owner',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy lets a row pass where the owner is *not* the subject: `owner_id <> auth.uid()`, `not (owner_id = auth.uid())`.',
    why: 'Every user gets the rows of all others, and does not get the own ones.',
    how: 'Compare with `=`.',
    falseAlarm:
      'A list of other people’s rows by design; where the same policy also asks for rows that are published or shared, or ties ' +
      'the row to the subject in another way, nothing is said.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id <> auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      if (!policy.permissive || !concernsRequests(policy, model)) continue;
      const inverted = [policy.using, policy.check].flatMap(predicate =>
        predicate ? invertedIn(predicate, policy) : [],
      );
      const [first] = inverted;
      if (!first) continue;
      const edits = inverted.flatMap(({ predicate, atom }) => upright(predicate, atom) ?? []);
      report({
        at: first.predicate.spanOf(first.atom.node),
        message: `${policy.name} is true for the rows of everybody else, and not for the own ones of ${policy.table.name}. Compare with =.`,
        ...(edits.length === inverted.length && { fix: { title: 'Compare with =', edits } }),
      });
    }
  },
});

function invertedIn(predicate: Predicate, { verb }: Policy): { predicate: Predicate; atom: Atom }[] {
  const ways = predicate.ways.filter(({ atom }) => predicate.factOf(atom).kind === 'not-owner');
  // Others' published posts: a feed.
  if (verb === 'select' && predicate.shows) return [];
  return ways.map(({ atom }) => ({ predicate, atom }));
}

/** Turns `<>`, `!=` and `is distinct from` round; what NOT makes of an equality is left to the author. */
function upright(predicate: Predicate, { node, negated }: Atom): TextEdit | undefined {
  if (negated || !('A_Expr' in node)) return undefined;
  const { statement } = predicate;
  const first = statement.tokenIndexAt(node.A_Expr.location ?? 0);
  const isWords = statement.tokens[first]?.value === 'is';
  return replaceAt(statement.tokenSpan(first, isWords ? first + 2 : first), '=');
}
