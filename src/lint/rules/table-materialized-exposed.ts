import { addStatementAfter, defineRule, lastOf } from '../rule';

export default defineRule({
  id: 'table-materialized-exposed',
  title: 'Materialized view over a table with row-level security',
  severity: { v1_dedicated: 'error', v2_shared: 'warning' },
  fixable: true,
  sources: [
    'splinter 0016_materialized_view_in_api',
    'pgrls SEC054, VIEW003',
    'rls-probe MATVIEW-IN-API',
    'rlsautotest L011',
  ],
  docs: {
    what: 'A materialized view reads a table with row-level security, and the request roles may read the view.',
    why:
      'It holds the rows that its owner saw when it was refreshed, has no policies, and knows no `security_invoker`. On v1 ' +
      'dedicated the owner sees everything, so everybody reads every row, signed-out visitors included. On v2 shared the owner is itself ' +
      'subject to the policies, and a refresh leaves the view empty for everybody.',
    how: 'Revoke it from the request roles, or use a plain view with `security_invoker = true`.',
    falseAlarm: 'Sums over everybody’s rows that everybody may know, on v1 dedicated.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create materialized view note_bodies as select owner_id, body from notes;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create materialized view note_bodies as select owner_id, body from notes;
revoke all on note_bodies from anon, authenticated;`,
  },

  check(model, report, files) {
    for (const [key, view] of model.views) {
      if (!view.materialized || !model.isExposed(view.schema)) continue;
      const isReadable = model.requestRoles.some(
        role => model.privileges.origin(key, role, 'select') !== undefined,
      );
      const table = model.tablesBehind(view).find(({ rowSecurity }) => rowSecurity);
      if (!isReadable || !table) continue;
      const touching = model.grants
        .filter(({ objects }) => objects.includes(key))
        .map(({ statement }) => statement);
      const last = lastOf([view.statement, ...touching], files) ?? view.statement;
      report({
        at: view.at,
        message:
          model.engine === 'v1_dedicated'
            ? `${view.name} holds every row of ${table.name}, whatever its policies say, and everybody may read it.`
            : `${view.name} holds what the policies of ${table.name} show the schema's owner, which is nothing: it is empty for everybody.`,
        related: [{ at: table.at, message: `${table.name} has row-level security` }],
        fix: {
          title: `Revoke ${view.name} from the request roles`,
          edits: [addStatementAfter(last, `revoke all on ${view.written} from anon, authenticated`)],
        },
      });
    }
  },
});
