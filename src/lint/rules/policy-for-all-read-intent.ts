import {
  defineRule,
  inCaseOf,
  insertAt,
  replaceAt,
  type Audience,
  type Policy,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'policy-for-all-read-intent',
  title: 'Policy FOR ALL that reads like one for reading',
  severity: 'info',
  fixable: true,
  sources: ['supashield PERMISSIVE_FOR_ALL'],
  docs: {
    what: 'A policy FOR ALL, or without FOR, has no WITH CHECK and a condition that says what may be seen (`published`), or a name that says reading.',
    why: 'FOR ALL speaks of INSERT, UPDATE and DELETE, too, and USING judges the new rows as well: whoever may see a published row may also write, change and delete one, as soon as a GRANT allows it.',
    how: 'Say `for select`, and write policies of their own for the other verbs.',
    falseAlarm: 'A shared table that everybody it is shared with may change. `with check (…)` says so.',
    bad: `create table articles (id uuid primary key default gen_random_uuid(), title text not null, published boolean not null);
alter table articles enable row level security;
create policy articles_published on articles to authenticated using (published);
grant select, insert, update, delete on articles to authenticated;`,
    good: `create table articles (id uuid primary key default gen_random_uuid(), title text not null, published boolean not null);
alter table articles enable row level security;
create policy articles_published on articles for select to authenticated using (published);
grant select on articles to authenticated;`,
  },

  check(model, report) {
    for (const policy of model.policies) {
      const { verb, permissive, using, check, name, table } = policy;
      if (verb !== 'all' || !permissive || !using || check) continue;
      const isOpen = READ_STYLE.has(using.audience);
      if (!(isOpen || saysRead(policy)) || hasWriteFloor(policy)) continue;
      report({
        at: policy.at,
        message: `${name} is for ALL verbs: who may read a row of ${table.name} by it may also insert, change and delete one. If reading is meant, say "for select".`,
        fix: { title: 'Restrict to SELECT', edits: [forSelect(policy)] },
      });
    }
  },
});

/** Conditions that say which rows may be seen, and not whose they are. */
const READ_STYLE: ReadonlySet<Audience> = new Set(['row-decides', 'signed-in', 'everybody']);
const READ_NAME = /(?:^|[^a-z])(?:read|readable|select|view|viewable|see|list|visible)(?![a-z])/i;
const WRITE_NAME =
  /(?:^|[^a-z])(?:write|insert|create|add|update|edit|modif|change|delete|remove|manage|crud|full)/i;

/** The name says reading and nothing else; what the table is called does not count. */
function saysRead({ name, table }: Policy): boolean {
  const rest = name.replace(table.name, '');
  return READ_NAME.test(rest) && !WRITE_NAME.test(rest);
}

/** A restrictive policy for a writing verb may take away what this one gives. */
function hasWriteFloor({ table }: Policy): boolean {
  return table.policies.some(({ permissive, verb }) => !permissive && verb !== 'select');
}

function forSelect({ statement }: Policy): TextEdit {
  const { tokens, at } = statement;
  const wordAt = (words: readonly string[]): number =>
    tokens.findIndex(({ kind, value }, index) => index > 3 && kind === 'word' && words.includes(value));
  const all = wordAt(['all']);
  const rest = wordAt(['to', 'using']);
  if (all !== -1 && all < rest && tokens[all - 1]?.value === 'for')
    return replaceAt(statement.tokenSpan(all), inCaseOf(statement, 'select'));
  return insertAt(at.file, tokens[rest - 1]?.end ?? at.end, inCaseOf(statement, ' for select'));
}
