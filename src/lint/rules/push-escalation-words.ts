import { defineRule, escalationWords, insertAt, removeStatement, type Fix, type SourceFile } from '../rule';

export default defineRule({
  id: 'push-escalation-words',
  title: 'Words that a push refuses wherever they stand',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  scope: 'files',
  sources: [],
  docs: {
    what: 'The text holds `SET ROLE`, `SET LOCAL ROLE`, `SET SESSION AUTHORIZATION` or `RESET ROLE`; comments and strings count.',
    why: 'A v2 push looks for these words in the raw text before it runs anything, and refuses the file: "SQL contains disallowed privilege escalation statements".',
    how: 'Reword the comment; take the statement out: a push has one role, and requests get theirs from the gateway.',
    falseAlarm: 'None on v2 shared: the platform does not ask whether the words would run.',
    bad: `-- Requests never set role themselves.
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `-- Requests never choose their role.
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(_model, report, files) {
    for (const file of files) {
      for (const { start, end } of escalationWords(file.text)) {
        const at = { file: file.name, start, end };
        const words = file.text.slice(start, end).replace(/\s+/g, ' ').toUpperCase();
        const fix = reworded(file, start, end);
        report({
          at,
          message: `"${words}" may not occur in pushed SQL, not even in a comment: the push is refused as privilege escalation.`,
          ...(fix && { fix }),
        });
      }
    }
  },
});

/** A statement goes; in a comment an article breaks the words apart. Strings are the author's to change. */
function reworded(file: SourceFile, start: number, end: number): Fix | undefined {
  const statement = file.statements.find(({ at }) => at.start <= start && end <= at.end);
  if (statement && 'VariableSetStmt' in statement.node)
    return { title: 'Remove the statement', edits: [removeStatement(statement, file.text)] };
  const inside = statement?.tokens.some(token => token.start <= start && start < token.end) ?? false;
  if (inside) return undefined;
  const gap = /\s+(?:role|session)/i.exec(file.text.slice(start, end));
  if (!gap) return undefined;
  return { title: 'Reword the comment', edits: [insertAt(file.name, start + gap.index, ' the')] };
}
