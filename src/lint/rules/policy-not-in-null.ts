import { defineRule, insertAt, notInNull, type NotInNull, type Predicate, type TextEdit } from '../rule';

export default defineRule({
  id: 'policy-not-in-null',
  title: 'NOT IN over a column that may be NULL',
  severity: 'warning',
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy asks `x not in (select y …)`, and y may be NULL.',
    why: 'One NULL among the values is enough: `x not in (…)` is then NULL for every x, or false, and never true. From then on the policy lets nobody pass, and requests answer 200 with an empty array.',
    how: 'Leave the NULLs out (`where y is not null`), make the column NOT NULL, or write `not exists (…)`.',
    falseAlarm: 'A column that never holds a NULL although it may; NOT NULL says so.',
    bad: `create table hidden (note_id uuid);
alter table hidden enable row level security;
create policy hidden_read on hidden for select to authenticated using (true);
grant select on hidden to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated
  using (owner_id = auth.uid() and id not in (select note_id from hidden));
grant select on notes to authenticated;`,
    good: `create table hidden (note_id uuid primary key);
alter table hidden enable row level security;
create policy hidden_read on hidden for select to authenticated using (true);
grant select on hidden to authenticated;
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_read on notes for select to authenticated
  using (owner_id = auth.uid() and id not in (select note_id from hidden));
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const { using, check, name } of model.policies) {
      for (const predicate of [using, check]) {
        for (const found of predicate ? notInNull(predicate, model) : []) {
          if (!predicate) continue;
          const column = predicate.statement.textOf(predicate.spanOf(found.result));
          const edits = withoutNulls(predicate, found, column);
          report({
            at: predicate.spanOf(found.atom.node),
            message: `${column} may be NULL, and one NULL makes this NOT IN never true: ${name} would then let nobody pass. Leave the NULLs out.`,
            ...(edits && { fix: { title: 'Leave the NULLs out', edits } }),
          });
        }
      }
    }
  },
});

/** Adds the condition where the query is a plain `select … from … [where …]`. */
function withoutNulls(
  { statement }: Predicate,
  { location, select }: NotInNull,
  column: string,
): TextEdit[] | undefined {
  const { larg, groupClause, sortClause, limitCount, havingClause } = select;
  if (larg ?? groupClause ?? sortClause ?? limitCount ?? havingClause) return undefined;
  const { tokens, file } = statement;
  const words = statement.tokenIndexAt(location);
  const open = tokens.findIndex(({ value }, index) => value === '(' && index > words);
  let depth = 0;
  const depths = tokens.map(({ kind, value }, index) => {
    if (kind === 'punctuation' && index >= open) depth += value === '(' ? 1 : value === ')' ? -1 : 0;
    return depth;
  });
  const close = tokens[depths.findIndex((each, index) => index > open && each === 0)];
  if (open === -1 || !close) return undefined;
  const where = tokens.find(({ value }, index) => value === 'where' && index > open && depths[index] === 1);
  if (!where) return [insertAt(file, close.start, ` where ${column} is not null`)];
  return [insertAt(file, where.end, ` ${column} is not null and (`), insertAt(file, close.start, ')')];
}
