import { defineRule, insertAt, isPushDirectory, textsOf, type Statement, type TextEdit } from '../rule';

export default defineRule({
  id: 'push-not-idempotent',
  title: 'File that cannot be pushed a second time',
  severity: 'info',
  fixable: true,
  scope: 'files',
  sources: ['squawk prefer-robust-stmts'],
  docs: {
    what: 'A file that a push runs every time it is pushed makes something without a guard.',
    why: 'A file outside of a migrations directory is run as it is, each time. The second time CREATE TABLE answers 42P07 and CREATE POLICY 42710, and the push is rolled back. In a file named for repetition (`R__…`, `repeatable/`) the finding is a warning.',
    how: 'Use IF NOT EXISTS, OR REPLACE, or DROP POLICY IF EXISTS before; or move the file into `migrations/`, where each is run once.',
    falseAlarm: 'A file that is pushed once and thrown away.',
    bad: `create table if not exists notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table if not exists notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
drop policy if exists notes_owner_read on notes;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(_model, report, files) {
    for (const { name, statements } of files) {
      const folder = name.replace(/\/?[^/]*$/, '');
      const repeats = /(?:^|\/)(?:R__[^/]*$|repeatable\/)/.test(name);
      // Text without a file is pushed by nobody.
      if (!name.endsWith('.sql') || (isPushDirectory(folder) && !repeats)) continue;
      const dropped = new Set<string>();
      const unguarded: { statement: Statement; guard: TextEdit }[] = [];
      for (const statement of statements) {
        const guard = guardFor(statement, dropped);
        if (guard) unguarded.push({ statement, guard });
      }
      const [first] = unguarded;
      if (!first) continue;
      const others = unguarded.length - 1;
      report({
        at: first.statement.tokenSpan(0, 1),
        severity: repeats ? 'warning' : 'info',
        message: `Pushed a second time, this fails: what it makes is there already${others > 0 ? `, and so for ${others} more ${others === 1 ? 'statement' : 'statements'} of the file` : ''}.`,
        fix: { title: 'Guard what the file makes', edits: unguarded.map(({ guard }) => guard) },
      });
    }
  },
});

/** The guard that CREATE lacks; what an earlier DROP … IF EXISTS of the file takes away needs none. */
function guardFor(statement: Statement, dropped: Set<string>): TextEdit | undefined {
  const { node } = statement;
  if ('DropStmt' in node) {
    for (const object of node.DropStmt.objects ?? []) {
      if ('List' in object) dropped.add(textsOf(object.List.items).join('.'));
    }
    return undefined;
  }
  if ('CreatePolicyStmt' in node) {
    const { policy_name: policy = '', table } = node.CreatePolicyStmt;
    if (dropped.has([table?.schemaname, table?.relname, policy].filter(part => part !== undefined).join('.')))
      return undefined;
    const on = statement.tokens.findIndex(({ kind, value }) => kind === 'word' && value === 'on');
    const name = statement.textOf(statement.tokenSpan(2, on + (table?.schemaname === undefined ? 1 : 3)));
    return insertAt(
      statement.file,
      statement.at.start,
      `${inCase(statement, 'drop policy if exists')} ${name};\n`,
    );
  }
  if ('CreateStmt' in node) return ifNotExists(statement, 'table', node.CreateStmt.if_not_exists, dropped);
  if ('IndexStmt' in node)
    return node.IndexStmt.idxname === undefined
      ? undefined
      : ifNotExists(statement, 'index', node.IndexStmt.if_not_exists, dropped);
  if ('CreateFunctionStmt' in node) return orReplace(statement, node.CreateFunctionStmt.replace);
  if ('ViewStmt' in node) return orReplace(statement, node.ViewStmt.replace);
  if ('CreateTrigStmt' in node) {
    const { trigname = '', relation, replace } = node.CreateTrigStmt;
    return orReplace(statement, replace === true || dropped.has(`${relation?.relname ?? ''}.${trigname}`));
  }
  return undefined;
}

function ifNotExists(
  statement: Statement,
  keyword: string,
  isGuarded: boolean | undefined,
  dropped: ReadonlySet<string>,
): TextEdit | undefined {
  const keywordAt = statement.tokens.findIndex(({ value }) => value === keyword);
  const at = statement.tokens[keywordAt + 1]?.value === 'concurrently' ? keywordAt + 1 : keywordAt;
  const token = statement.tokens[at];
  if (isGuarded || !token || dropped.has(statement.tokens[at + 1]?.value ?? '')) return undefined;
  return insertAt(statement.file, token.end, inCase(statement, ' if not exists'));
}

function orReplace(statement: Statement, isGuarded: boolean | undefined): TextEdit | undefined {
  const [create] = statement.tokens;
  return isGuarded || !create
    ? undefined
    : insertAt(statement.file, create.end, inCase(statement, ' or replace'));
}

/** Keywords as the statement's first word is written. */
function inCase(statement: Statement, keywords: string): string {
  return statement.textOf(statement.tokenSpan(0)) === 'CREATE' ? keywords.toUpperCase() : keywords;
}
