import { defineRule, removeAt, type Fix, type Statement } from '../rule';

export default defineRule({
  id: 'push-non-transactional',
  title: 'Statement that no transaction takes',
  severity: 'error',
  fixable: true,
  sources: [
    'squawk ban-concurrent-index-creation-in-transaction',
    'postgres-language-server banConcurrentIndexCreationInTransaction',
  ],
  docs: {
    what: 'A pushed file builds an index CONCURRENTLY, vacuums, creates a database or changes the server.',
    why: 'A push is one transaction, and PostgreSQL refuses these inside of one: 25001 "cannot run inside a transaction block". The push is rolled back.',
    how: 'Leave CONCURRENTLY out: the index is built within the push. The rest is the operator’s.',
    falseAlarm: 'None: the platform applies each file in a transaction.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create index concurrently notes_owner on notes (owner_id);`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create index notes_owner on notes (owner_id);`,
  },

  check(model, report) {
    for (const statement of model.statements) {
      const what = outsideTransactions(statement);
      if (what === undefined) continue;
      const word = statement.tokens.findIndex(
        ({ kind, value }) => kind === 'word' && value === 'concurrently',
      );
      const at =
        word === -1
          ? statement.tokenSpan(0, Math.min(1, statement.tokens.length - 1))
          : statement.tokenSpan(word);
      const fix: Fix | undefined =
        word === -1 ? undefined : { title: 'Remove CONCURRENTLY', edits: [removeAt(statement, at)] };
      report({
        at,
        message: `${what} cannot run inside a transaction block, which every push is: it fails with 25001.`,
        ...(fix && { fix }),
      });
    }
  },
});

const STATEMENTS: Readonly<Record<string, string>> = {
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterSystemStmt: 'ALTER SYSTEM',
};

function outsideTransactions({ node, tokens }: Statement): string | undefined {
  if ('IndexStmt' in node) return node.IndexStmt.concurrent ? 'CREATE INDEX CONCURRENTLY' : undefined;
  if ('DropStmt' in node) return node.DropStmt.concurrent ? 'DROP INDEX CONCURRENTLY' : undefined;
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd ? 'VACUUM' : undefined;
  if ('ReindexStmt' in node)
    return tokens.some(({ value }) => value === 'concurrently') ? 'REINDEX CONCURRENTLY' : undefined;
  if ('AlterTableStmt' in node) {
    const isConcurrent = (node.AlterTableStmt.cmds ?? []).some(
      command =>
        'AlterTableCmd' in command &&
        command.AlterTableCmd.def !== undefined &&
        'PartitionCmd' in command.AlterTableCmd.def &&
        command.AlterTableCmd.def.PartitionCmd.concurrent === true,
    );
    return isConcurrent ? 'DETACH PARTITION CONCURRENTLY' : undefined;
  }
  return STATEMENTS[Object.keys(node)[0] ?? ''];
}
