import {
  defineRule,
  inCaseOf,
  insertAt,
  isForPublic,
  letsSignedOutPast,
  replaceAt,
  type Named,
  type Policy,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-to-public',
  title: 'Policy for every role',
  severity: 'info',
  fixable: true,
  sources: ['pgrls SEC003', 'rls-doctor public-permissive-policy'],
  docs: {
    what: 'A policy has no TO clause, or TO PUBLIC, and so applies to every role.',
    why:
      'On v1 dedicated requests without a token run as `anon`, and this policy speaks for them as well. While the predicate ' +
      'compares the owner with the subject nothing comes of it; where it holds without a subject the rows are public, ' +
      'and the finding is a warning. What a function or a subquery decides the files cannot tell; there it stays information.',
    how: 'Add `to authenticated`; a v2 push turns the name into the project’s own role.',
    falseAlarm: 'Data that is meant for signed-out visitors, too.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      if (!policy.permissive || !isForPublic(policy) || !model.isExposed(policy.table.schema)) continue;
      const open = letsSignedOutPast(policy);
      const written = policy.roles.find(({ name }) => name === 'public');
      const edit = restricted(policy, written);
      report({
        at: written?.at ?? policy.at,
        severity: open ? 'warning' : 'info',
        message: open
          ? `${policy.name} applies to every role and can be true without a subject: signed-out requests pass it on v1.`
          : `${policy.name} applies to every role, anon included; "to authenticated" says what is meant.`,
        ...(edit && { fix: { title: 'Restrict to authenticated', edits: [edit] } }),
      });
    }
  },
});

/** Only CREATE POLICY can name the role: a v2 push leaves ALTER POLICY as it is. */
function restricted(policy: Policy, written: Named | undefined): TextEdit | undefined {
  if (!written) return addRole(policy);
  const { file, start, end } = policy.statement.at;
  const isInCreate = written.at.file === file && start <= written.at.start && written.at.end <= end;
  return isInCreate ? replaceAt(written.at, 'authenticated') : undefined;
}

/** The TO clause stands before USING and WITH CHECK. */
function addRole({ statement, using, check }: Policy): TextEdit {
  const clauses = [using, check]
    .flatMap(predicate => predicate?.clauseAt ?? [])
    .filter(({ file }) => file === statement.at.file);
  const before = Math.min(
    statement.at.end,
    ...clauses.map(({ start }) => start).filter(start => start > statement.at.start),
  );
  const last = statement.tokens.findLast(({ end }) => end <= before);
  return insertAt(statement.at.file, last?.end ?? before, inCaseOf(statement, ' to authenticated'));
}
