import { addStatementAfter, defineRule, lastOf } from '../rule';

export default defineRule({
  id: 'rls-not-forced',
  title: 'Row-level security that does not bind the table’s owner',
  severity: { v1_dedicated: 'info', v2_shared: 'off' },
  fixable: true,
  sources: ['pgrls SEC002', 'rls-doctor force-rls-disabled', 'rlsautotest L015'],
  docs: {
    what: 'A table with row-level security is given to an owner of its own, and lacks FORCE.',
    why:
      'Policies do not judge what runs as the owner of a table: views without `security_invoker` and SECURITY DEFINER ' +
      'functions of that role see every row. A v2 push forces every table by itself. On v1 dedicated tables belong to ' +
      'postgres, a superuser, whom FORCE does not bind either; only a table with another owner gains by it.',
    how: 'Add `alter table … force row level security`.',
    falseAlarm: 'Owner-run code that is meant to see every row.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
alter table notes owner to notes_admin;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
alter table notes force row level security;
alter table notes owner to notes_admin;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const table of model.tables.values()) {
      const { owner, name, written } = table;
      if (!owner || table.rowSecurity !== true || table.forced !== undefined) continue;
      if (SUPERUSERS.has(owner.name) || model.requestRoles.includes(owner.name)) continue;
      const said = [table.namedBy, owner.statement].flatMap(statement => statement ?? []);
      const last = lastOf(said, files) ?? owner.statement;
      report({
        at: owner.at,
        message: `${owner.name} owns ${name}, and row-level security does not bind it: what runs as ${owner.name} sees every row.`,
        related: [{ at: table.at, message: `${name} is made here` }],
        fix: {
          title: `Force row-level security on ${name}`,
          edits: [addStatementAfter(last, `alter table ${written} force row level security`)],
        },
      });
    }
  },
});

/** Roles that FORCE does not bind; v1 pushes run as postgres. */
const SUPERUSERS: ReadonlySet<string> = new Set(['postgres', 'current_user', 'service_role']);
