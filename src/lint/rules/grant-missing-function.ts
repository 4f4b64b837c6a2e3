import {
  addStatementAfter,
  callsIn,
  defineRule,
  expressionsOver,
  grantsOn,
  lastOf,
  relationKey,
  routineObject,
  routinesOf,
  spanOfNode,
  type FuncCall,
  type Routine,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'grant-missing-function',
  title: 'Policy that calls a function the role may not execute',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy, default or CHECK calls a function whose EXECUTE was revoked from PUBLIC and not given to the role.',
    why:
      'What a policy calls is called with the rights of whoever asks. Every request for the table answers 403 with code 42501 ' +
      'and "permission denied for function", SECURITY DEFINER or not.',
    how: 'Grant EXECUTE on the function to `authenticated`.',
    falseAlarm:
      'The GRANT is made outside of the pushed files. Functions with several overloads are not judged.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create function is_owner(owner text) returns boolean language sql stable as $$ select owner = auth.uid() $$;
revoke execute on function is_owner(text) from public;
create policy notes_owner_read on notes for select to authenticated using (is_owner(owner_id));
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create function is_owner(owner text) returns boolean language sql stable as $$ select owner = auth.uid() $$;
revoke execute on function is_owner(text) from public;
grant execute on function is_owner(text) to authenticated;
create policy notes_owner_read on notes for select to authenticated using (is_owner(owner_id));
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    if (model.routines.size === 0) return;
    const reported = new Set<Routine>();
    for (const { node, statement, roles } of [...model.tables.values()].flatMap(table =>
      expressionsOver(table, model),
    )) {
      for (const call of callsIn(node)) {
        const closed = roles.map(role => closedBehind(call, role, model));
        const routine = closed.find(found => found !== undefined);
        if (!routine || reported.has(routine)) continue;
        reported.add(routine);
        const refused = roles.filter((_role, index) => closed[index] === routine).join(', ');
        const last = lastOf([routine.statement, ...grantsOn(model, objectOf(routine))], files);
        report({
          at: spanOfNode(statement, call) ?? statement.at,
          message: `${refused} may not execute ${routine.name}, which this needs: requests answer 403, 42501 "permission denied for function ${routine.name}".`,
          related: [{ at: routine.at, message: `${routine.name} is made here` }],
          fix: {
            title: `Grant EXECUTE on ${routine.name} to ${refused}`,
            edits: [
              addStatementAfter(
                last ?? routine.statement,
                `grant execute on ${routine.kind} ${routine.written} to ${refused}`,
              ),
            ],
          },
        });
      }
    }
  },
});

const objectOf = ({ schema, name }: Routine): string => routineObject(relationKey(schema, name));

/** The routine that a call runs with the caller's rights and may not: itself, or one that a function of the files calls. */
function closedBehind(
  call: FuncCall,
  role: string,
  model: SchemaModel,
  seen = new Set<Routine>(),
): Routine | undefined {
  const routines = routinesOf(call, model);
  for (const routine of routines) {
    // A GRANT names one of several overloads, and privileges are kept by name.
    const isAlone = model.routines.get(relationKey(routine.schema, routine.name))?.length === 1;
    const isClosed = model.privileges.origin(objectOf(routine), role, 'execute') === undefined;
    if (isAlone && isClosed) return routine;
    if (routine.definer || seen.has(routine)) continue;
    seen.add(routine);
    for (const inner of callsIn(routine.statement.body?.queries)) {
      const found = closedBehind(inner, role, model, seen);
      if (found) return found;
    }
  }
  return undefined;
}
