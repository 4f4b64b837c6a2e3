import { addStatementBefore, defineRule, type SchemaModel, type Statement } from '../rule';

export default defineRule({
  id: 'policy-duplicate-name',
  title: 'Policy name used twice',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A table gets two policies of the same name, with no DROP POLICY between them. Names longer than 63 bytes count as far as PostgreSQL keeps them.',
    why: 'CREATE POLICY has no OR REPLACE: the second one fails with 42710 "policy … already exists", and its whole file is rolled back.',
    how: 'Give the second policy a name of its own, or drop the first one before it.',
    falseAlarm: 'The first policy is dropped where the files do not show it, for instance by hand.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner on notes for select to authenticated using (body is not null);
create policy notes_owner on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const entry of model.history) {
      if (entry.kind !== 'policy-repeated') continue;
      const { policy, statement, at } = entry;
      if (mayBeDroppedBetween(model, policy.statement, statement)) continue;
      const { name, table } = policy;
      report({
        at,
        message: `${table.name} has a policy ${name} already: the push fails with 42710.`,
        related: [{ at: policy.at, message: `${name} is made here first` }],
        fix: {
          title: `Drop ${name} before it`,
          edits: [
            addStatementBefore(
              statement,
              `drop policy if exists ${statement.textOf(at)} on ${table.written}`,
            ),
          ],
        },
      });
    }
  },
});

/** A DO block that drops policies, or builds its statements at run time: nobody can tell what it leaves. */
function mayBeDroppedBetween(model: SchemaModel, first: Statement, second: Statement): boolean {
  return model.statements
    .slice(model.orderOf(first) + 1, model.orderOf(second))
    .some(
      ({ node, body }) =>
        'DoStmt' in node && (!body || body.opaque || body.dynamic || dropsPolicies(body.queries)),
    );
}

function dropsPolicies(queries: NonNullable<Statement['body']>['queries']): boolean {
  return queries.some(query => 'DropStmt' in query && query.DropStmt.removeType === 'OBJECT_POLICY');
}
