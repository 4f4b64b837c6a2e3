import {
  ANON,
  defineRule,
  removeAt,
  removeStatement,
  type Node,
  type RoleSpec,
  type SchemaModel,
  type Span,
  type Statement,
} from '../rule';

export default defineRule({
  id: 'rls-bypass-role',
  title: 'Role that policies do not bind',
  severity: 'error',
  fixable: true,
  sources: ['pgrls SEC016', 'rls-doctor rls-bypass-role', 'rlsautotest L014'],
  docs: {
    what: 'A statement gives a role BYPASSRLS or SUPERUSER, or makes a role that requests run as the owner of a table, view, function or schema.',
    why:
      'Policies are skipped for such roles, and for the owner of a table: on v1 dedicated every signed-in user reads and ' +
      'writes every row of a table that `authenticated` owns. On v2 shared the push is refused with 42501, or with 42704 ' +
      'because `authenticated` is not adapted in OWNER TO.',
    how: 'Leave objects to the role that pushes them, and grant what the request roles need.',
    falseAlarm: 'On v1 dedicated, a role for backups or reports that no request can become.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
alter table notes owner to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const statement of model.statements) {
      for (const { at, message, leaves } of placesIn(model, statement)) {
        const text = files.find(({ name }) => name === statement.file)?.text ?? '';
        const edit = leaves === 'nothing' ? removeStatement(statement, text) : removeAt(statement, at);
        report({ at, message, ...(leaves && { fix: { title: 'Remove it', edits: [edit] } }) });
      }
    }
  },
});

interface Place {
  readonly at: Span;
  readonly message: string;
  /** What is left of the statement without it; undefined where it cannot simply be left out. */
  readonly leaves: 'nothing' | 'rest' | undefined;
}

function placesIn(model: SchemaModel, statement: Statement): Place[] {
  const { node } = statement;
  if ('CreateRoleStmt' in node) return optionsIn(model, statement, node.CreateRoleStmt.options, 'rest');
  if ('AlterRoleStmt' in node) {
    const { options } = node.AlterRoleStmt;
    return optionsIn(model, statement, options, options?.length === 1 ? 'nothing' : 'rest');
  }
  if ('AlterOwnerStmt' in node) return ownerIn(model, statement, node.AlterOwnerStmt.newowner, 'nothing');
  if (!('AlterTableStmt' in node)) return [];
  const { cmds = [], relation } = node.AlterTableStmt;
  const table = model.tableNamed(relation?.relname ?? '', relation?.schemaname);
  // FORCE binds the owner as well, but takes no push on v2 past its refusal.
  if (model.engine === 'v1_dedicated' && table?.forced === true) return [];
  return cmds.flatMap(command =>
    'AlterTableCmd' in command && command.AlterTableCmd.subtype === 'AT_ChangeOwner'
      ? ownerIn(model, statement, command.AlterTableCmd.newowner, cmds.length === 1 ? 'nothing' : undefined)
      : [],
  );
}

function ownerIn(
  model: SchemaModel,
  statement: Statement,
  { rolename = '', location = 0 }: RoleSpec = {},
  leaves: Place['leaves'],
): Place[] {
  if (![...model.requestRoles, ANON].includes(model.requestRoleNamed(rolename))) return [];
  const effect =
    model.engine === 'v2_shared'
      ? 'the push is refused'
      : 'policies do not bind an owner, so these requests read and write every row';
  const message = `Requests run as ${rolename}, which may own nothing: ${effect}.`;
  return [{ at: statement.tokenSpan(statement.tokenIndexAt(location)), message, leaves }];
}

const OPTIONS: Readonly<Record<string, string>> = { bypassrls: 'BYPASSRLS', superuser: 'SUPERUSER' };

function optionsIn(
  model: SchemaModel,
  statement: Statement,
  options: readonly Node[] = [],
  leaves: Place['leaves'],
): Place[] {
  const effect = model.engine === 'v2_shared' ? ', and the push is refused (42501)' : '';
  return options.flatMap(option => {
    if (!('DefElem' in option)) return [];
    const { defname = '', arg, location = 0 } = option.DefElem;
    const name = OPTIONS[defname];
    const isOn = arg && 'Boolean' in arg && (arg.Boolean.boolval ?? false);
    if (name === undefined || !isOn) return [];
    const at = statement.tokenSpan(statement.tokenIndexAt(location));
    return [{ at, message: `${name} puts a role past every policy${effect}.`, leaves }];
  });
}
