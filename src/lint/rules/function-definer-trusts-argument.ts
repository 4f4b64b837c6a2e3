import {
  bodyMentionsSubject,
  defineRule,
  insertedValues,
  isArgument,
  ownerGets,
  relationKey,
  requestCode,
  routineObject,
  tablesUsed,
  textOf,
  textsOf,
  walk,
  type A_Expr,
  type Node,
  type RequestCode,
  type Routine,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'function-definer-trusts-argument',
  title: 'Function that believes who its caller says to be',
  severity: 'warning',
  fixable: false,
  sources: [],
  docs: {
    what: 'A SECURITY DEFINER function compares an owner column with an argument, or writes an argument into it, and never asks for the subject.',
    why: 'No policy stands behind it. Whoever may call `/rpc/<name>` passes another user’s id and reads or writes that user’s rows.',
    how: 'Use `auth.uid()` in place of the argument, or make the function SECURITY INVOKER.',
    falseAlarm:
      'A function for administrators that checks its caller elsewhere, or the public profile of somebody.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
comment on table notes is 'flux:no-force-rls: read by notes_of';
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function notes_of(member text) returns setof notes language sql stable security definer set search_path from current
  as $$ select * from notes where owner_id = member $$;
revoke execute on function notes_of from public;
grant execute on function notes_of to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function notes_of(member text) returns setof notes language sql stable security invoker
  as $$ select * from notes where owner_id = member $$;`,
  },

  check(model, report) {
    for (const code of requestCode(model)) {
      if (code.owner.kind !== 'routine') continue;
      const { routine } = code.owner;
      if (!routine.definer || !isCalled(routine, model)) continue;
      for (const { argument, column, table } of trustedArguments(code, routine, model)) {
        if (bodyMentionsSubject(routine)) break;
        report({
          at: code.spanOf(argument),
          message: `${routine.name} takes ${column} of ${table} from its caller and runs past the policies: anyone acts as anyone. Compare it with auth.uid().`,
          related: [{ at: routine.at, message: `${routine.name} is SECURITY DEFINER` }],
        });
      }
    }
  },
});

/** Whether requests may call it with a value of theirs. */
function isCalled({ schema, name, returns, arguments: inputs }: Routine, model: SchemaModel): boolean {
  if (inputs.length === 0 || returns?.type === 'trigger') return false;
  const object = routineObject(relationKey(schema, name));
  return model.requestRoles.some(role => model.privileges.origin(object, role, 'execute') !== undefined);
}

interface TrustedArgument {
  readonly argument: Node;
  readonly column: string;
  readonly table: string;
}

/** Arguments that stand where the subject should, for tables whose rows the function's owner gets all of. */
function trustedArguments({ node }: RequestCode, routine: Routine, model: SchemaModel): TrustedArgument[] {
  const uses = tablesUsed(node, model);
  const owned = new Map<string, string>();
  for (const { table, verb } of uses)
    if (ownerGets(model, table, verb) === 'everything')
      for (const { name } of model.ownerColumns(table)) owned.set(name, table.name);
  if (owned.size === 0) return [];
  const isColumn = (name: string): boolean => uses.some(({ table }) => table.columns.has(name));
  const found: TrustedArgument[] = [];
  const read = (column: string | undefined, value: Node | undefined): void => {
    const table = owned.get(column ?? '');
    if (column !== undefined && table !== undefined && value && isArgument(value, routine, isColumn))
      found.push({ argument: value, column, table });
  };
  walk(node, (type, fields) => {
    if (type === 'A_Expr') {
      const { kind, name, lexpr, rexpr }: A_Expr = fields;
      if (kind !== 'AEXPR_OP' || textOf(name?.[0]) !== '=') return;
      read(columnName(lexpr), rexpr);
      read(columnName(rexpr), lexpr);
    } else if (type === 'InsertStmt')
      for (const [column, value] of insertedValues(fields)) read(column, value);
  });
  return found;
}

function columnName(node: Node | undefined): string | undefined {
  return node && 'ColumnRef' in node ? textsOf(node.ColumnRef.fields).at(-1) : undefined;
}
