import { defineRule, type Statement } from '../rule';

export default defineRule({
  id: 'push-superuser',
  title: 'Statement for superusers only',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: false,
  sources: [],
  docs: {
    what: 'A pushed file makes roles, publications, event triggers or foreign servers, or copies to and from files and programs of the server.',
    why: 'On v2 shared a push runs as the tenant’s own role, which is no superuser: PostgreSQL refuses it with 42501 and the push is rolled back.',
    how: 'Leave it out. Who is who comes from the token’s subject, not from database roles; exports and imports go over the API.',
    falseAlarm: 'None on v2 shared. On v1 dedicated pushes run as a superuser and nothing is reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create role editors;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const statement of model.statements) {
      const what = superuserOnly(statement);
      if (what === undefined) continue;
      report({
        at: statement.tokenSpan(0, Math.min(1, statement.tokens.length - 1)),
        message: `${what} takes rights that a v2 push does not have: it is refused with 42501.`,
      });
    }
  },
});

const STATEMENTS: Readonly<Record<string, string>> = {
  CreateRoleStmt: 'CREATE ROLE',
  AlterRoleStmt: 'ALTER ROLE',
  AlterRoleSetStmt: 'ALTER ROLE',
  DropRoleStmt: 'DROP ROLE',
  CreatePublicationStmt: 'CREATE PUBLICATION',
  CreateEventTrigStmt: 'CREATE EVENT TRIGGER',
  CreateFdwStmt: 'CREATE FOREIGN DATA WRAPPER',
  CreateForeignServerStmt: 'CREATE SERVER',
  CreatePLangStmt: 'CREATE LANGUAGE',
  AlterDatabaseStmt: 'ALTER DATABASE',
  AlterDatabaseSetStmt: 'ALTER DATABASE',
  LoadStmt: 'LOAD',
};

function superuserOnly({ node }: Statement): string | undefined {
  const [type] = Object.keys(node);
  if ('CopyStmt' in node) {
    const { filename, is_program: isProgram } = node.CopyStmt;
    if (filename === undefined) return undefined;
    return isProgram ? 'COPY … PROGRAM' : 'COPY with a file of the server';
  }
  // A role that skips row security is a matter of its own: rls-bypass-role tells of it.
  const options =
    'CreateRoleStmt' in node
      ? node.CreateRoleStmt.options
      : 'AlterRoleStmt' in node
        ? node.AlterRoleStmt.options
        : [];
  const bypasses = (options ?? []).some(
    option =>
      'DefElem' in option &&
      ['bypassrls', 'superuser'].includes(option.DefElem.defname ?? '') &&
      option.DefElem.arg !== undefined &&
      'Boolean' in option.DefElem.arg &&
      option.DefElem.arg.Boolean.boolval === true,
  );
  return bypasses ? undefined : STATEMENTS[type ?? ''];
}
