import {
  defineRule,
  removeAt,
  removeStatement,
  type RangeVar,
  type SchemaModel,
  type Span,
  type Statement,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'owner-foreign-auth-users',
  title: 'auth.users, which Flux does not have',
  severity: 'error',
  fixable: true,
  sources: ['splinter 0002_auth_users_exposed', 'pgrls SEC036'],
  docs: {
    what: 'A foreign key, a query, a trigger or a function names `auth.users`.',
    why:
      'Users live with your identity provider; the database has no such table. The push answers 42P01 "relation "auth.users" ' +
      'does not exist" and is rolled back. Inside PL/pgSQL the same error waits for the first call.',
    how: 'Keep the subject as plain `text`, without a foreign key; keep what else you need to know of users in a table of your own.',
    falseAlarm: 'None known: a push that makes `auth.users` itself is left alone.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null references auth.users (id) on delete cascade, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    if (isMade(model)) return;
    for (const statement of model.statements) {
      if (!WRITTEN.test(statement.text)) continue;
      for (const { at, index } of placesIn(statement)) {
        const text = files.find(({ name }) => name === statement.file)?.text ?? '';
        const edit = index === undefined ? undefined : withoutForeignKey(statement, index, text);
        report({
          at,
          message:
            index === undefined
              ? 'There is no auth.users: what names it fails with 42P01, SQL functions when they are pushed, others when they are called.'
              : 'There is no auth.users: the push fails with 42P01. Keep the subject as text, without a reference.',
          ...(edit && { fix: { title: 'Drop the reference to auth.users', edits: [edit] } }),
        });
      }
    }
  },
});

const WRITTEN = /\bauth"?\s*\.\s*"?users\b"?/i;

function isMade(model: SchemaModel): boolean {
  return model.tables.get('auth.users')?.created !== undefined || model.views.has('auth.users');
}

/** Where a statement names the table, with the index of the token `auth` unless that is inside a function's text. */
function placesIn(statement: Statement): { readonly at: Span; readonly index: number | undefined }[] {
  const places = locationsIn(statement.node).map(location => {
    const index = statement.tokenIndexAt(location);
    return { at: statement.tokenSpan(index, index + 2), index };
  });
  if (places.length > 0 || !statement.body?.queries.some(query => locationsIn(query).length > 0))
    return places;
  const match = WRITTEN.exec(statement.text);
  const { file, start } = statement.at;
  const from = start + (match?.index ?? 0);
  return [{ at: { file, start: from, end: from + (match?.[0].length ?? 1) }, index: undefined }];
}

/** Statements hold the tables they change, and foreign keys theirs, without the RangeVar that queries have around them. */
function locationsIn(tree: unknown): number[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const { schemaname, relname, location = 0 } = tree as RangeVar;
  if (schemaname === 'auth' && relname === 'users') return [location];
  return Object.values(tree).flatMap(locationsIn);
}

const KEY_OPTION =
  /^(?:match \w+|on (?:delete|update) (?:cascade|restrict|no action|set (?:null|default))|not valid|(?:not )?deferrable|initially \w+)(?= |$)/;

/** Takes a REFERENCES clause, or a whole FOREIGN KEY with its comma, away; undefined for anything else. */
function withoutForeignKey(statement: Statement, users: number, text: string): TextEdit | undefined {
  const { tokens, at, node } = statement;
  const value = (index: number): string => tokens[index]?.value ?? '';
  if (value(users - 1) !== 'references') return undefined;
  let last = users + 2;
  for (;;) {
    const words = [1, 2, 3, 4].map(offset => value(last + offset)).join(' ');
    const option = KEY_OPTION.exec(words)?.[0];
    if (option !== undefined) last += option.split(' ').length;
    else if (value(last + 1) === '(')
      last = tokens.findIndex((token, index) => index > last && token.value === ')');
    else break;
  }
  let first = users - 1;
  const open = tokens.findLastIndex((token, index) => index < first && token.value === '(');
  const isWhole = value(first - 1) === ')' && value(open - 1) === 'key' && value(open - 2) === 'foreign';
  if (isWhole) first = open - 2;
  if (value(first - 2) === 'constraint') first -= 2;
  if (!isWhole) return removeAt(statement, statement.tokenSpan(first, last));
  if ('AlterTableStmt' in node)
    return node.AlterTableStmt.cmds?.length === 1 ? removeStatement(statement, text) : undefined;
  if (value(first - 1) === ',') return removeAt(statement, statement.tokenSpan(first - 1, last));
  return value(last + 1) === ','
    ? { at: { ...at, ...statement.tokenSpan(first, last + 1) }, text: '' }
    : undefined;
}
