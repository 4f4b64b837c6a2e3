import { defineRule, removeStatement, type Statement } from '../rule';

export default defineRule({
  id: 'push-transaction-control',
  title: 'Transaction control in a push',
  severity: 'error',
  fixable: true,
  scope: 'files',
  sources: ['squawk transaction-nesting', 'postgres-language-server transactionNesting'],
  docs: {
    what: 'A pushed file begins, commits or rolls back a transaction.',
    why: 'A push is one transaction already. COMMIT ends it: what follows runs as the superuser who opened the session, outside the project’s role, schema and security gate, and is not rolled back when something fails.',
    how: 'Delete BEGIN, COMMIT and ROLLBACK. Savepoints are fine.',
    falseAlarm: 'None: the platform applies each file in a transaction of its own.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
commit;
select 1 / 0;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
select 1 / 0;`,
  },

  check(_model, report, files) {
    for (const { name, text, statements } of files) {
      const all = statements.filter(controlsTransaction);
      const [first] = all;
      if (!first) continue;
      report({
        at: first.at,
        message:
          'A push is one transaction: what follows COMMIT or ROLLBACK runs outside the project’s role and security gate, and stays when the push fails.',
        related: all.slice(1).map(({ at }) => ({ at, message: 'and here' })),
        fix: {
          title: `Remove transaction control from ${name.split('/').at(-1) ?? name}`,
          edits: all.map(statement => removeStatement(statement, text)),
        },
      });
    }
  },
});

const CONTROL: ReadonlySet<string> = new Set([
  'TRANS_STMT_BEGIN',
  'TRANS_STMT_START',
  'TRANS_STMT_COMMIT',
  'TRANS_STMT_ROLLBACK',
  'TRANS_STMT_PREPARE',
]);

function controlsTransaction({ node }: Statement): boolean {
  return 'TransactionStmt' in node && CONTROL.has(node.TransactionStmt.kind ?? '');
}
