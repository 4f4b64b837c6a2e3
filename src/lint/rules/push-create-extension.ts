import { defineRule, removeStatement } from '../rule';

export default defineRule({
  id: 'push-create-extension',
  title: 'CREATE EXTENSION in a push',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: ['splinter 0014_extension_in_public'],
  docs: {
    what: 'A pushed file creates an extension.',
    why: 'On v2 shared a push runs as the tenant’s own role, which may not create extensions, not even trusted ones: the push is refused with 42501 "permission denied to create extension" and rolled back.',
    how: 'Leave it out. `gen_random_uuid()` and the usual text and JSON functions are built in; for anything else ask the operator of the cluster.',
    falseAlarm: 'None on v2 shared. On v1 dedicated the statement works and is not reported.',
    bad: `create extension if not exists pgcrypto;
create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const statement of model.statements) {
      if (!('CreateExtensionStmt' in statement.node)) continue;
      const name = statement.node.CreateExtensionStmt.extname ?? '';
      const file = files.find(({ name: path }) => path === statement.file);
      const keyword = statement.tokens.findIndex(({ value }) => value === 'extension');
      const guarded = statement.tokens[keyword + 1]?.value === 'if';
      report({
        at: statement.tokenSpan(keyword + (guarded ? 4 : 1)),
        message: `A push may not create extensions: it is refused with 42501 "permission denied to create extension "${name}"".`,
        ...(file && {
          fix: { title: 'Remove CREATE EXTENSION', edits: [removeStatement(statement, file.text)] },
        }),
      });
    }
  },
});
