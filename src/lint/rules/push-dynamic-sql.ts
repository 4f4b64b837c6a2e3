import { defineRule, type Statement } from '../rule';

export default defineRule({
  id: 'push-dynamic-sql',
  title: 'Schema changed by code that nobody can read beforehand',
  severity: 'info',
  fixable: false,
  sources: [],
  docs: {
    what: 'A DO block builds SQL at run time, or makes tables, policies or grants.',
    why: 'The linter reads statements, not what a block will put together: tables, policies and grants made there are not judged. A v2 push does not adapt the text either, so `authenticated` in it means a role that is not there (42704).',
    how: 'Write the statements out. Where that cannot be, check the result with the isolation checklist.',
    falseAlarm: 'A block that changes nothing which requests can reach.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
do $$ begin
  execute 'create policy notes_owner_read on notes for select using (owner_id = auth.uid())';
end $$;
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const statement of model.statements) {
      if (!('DoStmt' in statement.node) || !changesSchema(statement)) continue;
      report({
        at: statement.tokenSpan(0),
        message:
          'What this block makes is not judged: its SQL is put together when it runs, or stands where a push does not adapt it.',
      });
    }
  },
});

function changesSchema({ body }: Statement): boolean {
  if (!body) return false;
  if (body.dynamic || body.opaque) return true;
  return body.queries.some(query => {
    const [type = ''] = Object.keys(query);
    return /^(?:Create|Alter|Drop|Grant|Rename|View|Index|Comment)/.test(type);
  });
}
