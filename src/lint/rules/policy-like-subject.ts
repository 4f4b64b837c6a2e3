import {
  concernsRequests,
  defineRule,
  readSubject,
  replaceAt,
  walk,
  type Atom,
  type Node,
  type Predicate,
  type Table,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-like-subject',
  title: 'Owner compared by pattern',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls SEC026'],
  docs: {
    what: 'The owner is compared with the subject by LIKE, by a regular expression, by a prefix, or after `lower` and its like.',
    why:
      'Different subjects then own the same rows: `_` and `%` in a subject such as `user_2abC` stand for any character, and ' +
      '`lower` makes `user_2abC` and `user_2ABC` one. Who can choose a subject chooses whose rows to read.',
    how: "Compare with `=`. For the part of a path, cut it out and compare that: `split_part(path, '/', 1) = auth.uid()`.",
    falseAlarm: 'Subjects that are numbers or UUIDs, in which no character is a pattern and none has a case.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id like auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      if (!policy.permissive || !concernsRequests(policy, model)) continue;
      for (const predicate of [policy.using, policy.check]) {
        for (const atom of predicate?.atoms ?? []) {
          const fact = predicate?.factOf(atom);
          if (!predicate || fact?.kind !== 'owner-pattern') continue;
          const edit = exactly(predicate, atom, fact.column, policy.table);
          report({
            at: predicate.spanOf(atom.node),
            message: `${WORDS[fact.operator] ?? fact.operator} makes different subjects match the same ${fact.column}: users get rows of others. Compare with =.`,
            ...(edit && { fix: { title: 'Compare with =', edits: [edit] } }),
          });
        }
      }
    }
  },
});

const WORDS: Readonly<Record<string, string>> = {
  '~~': 'LIKE',
  '~~*': 'ILIKE',
  '~': 'A regular expression',
  '~*': 'A regular expression',
  '^@': 'A prefix',
  starts_with: 'A prefix',
};

function exactly(
  predicate: Predicate,
  { node }: Atom,
  name: string,
  { columns }: Table,
): TextEdit | undefined {
  const column = columns.get(name);
  let subject: Node | undefined;
  walk(node, (type, fields) => {
    const part = { [type]: fields } as unknown as Node;
    if (!subject && readSubject(part)) subject = part;
  });
  if (!column || !subject) return undefined;
  const text = predicate.statement.textOf(predicate.spanOf(subject));
  return replaceAt(predicate.spanOf(node), `${column.statement.textOf(column.at)} = ${text}`);
}
