import {
  addStatementAfter,
  bodyMentionsSubject,
  callsIn,
  defineRule,
  PUBLIC,
  relationKey,
  relationsUsed,
  routineObject,
  routinesOf,
  type Fix,
  type Routine,
  type SchemaModel,
} from '../rule';

export default defineRule({
  id: 'function-definer-exposed',
  title: 'SECURITY DEFINER function that anybody may call',
  severity: { v1_dedicated: 'error', v2_shared: 'warning' },
  fixable: true,
  sources: ['splinter 0028, 0029', 'pgrls SEC042', 'rls-probe DEFINER-FUNCTION', 'rlsautotest L012, L013'],
  docs: {
    what: 'A function of the API schema runs with its owner’s rights, and EXECUTE is left to PUBLIC, as PostgreSQL gives it.',
    why:
      'PostgREST serves it as `/rpc/<name>`. On v1 dedicated the owner is a superuser, and signed-out visitors read or write past ' +
      'every policy. On v2 shared no request comes without a token, but every role of the cluster that reaches the schema may call it.',
    how: 'Revoke EXECUTE from PUBLIC and grant it to `authenticated`, or make the function SECURITY INVOKER.',
    falseAlarm: 'A function for everybody by design. One that asks for the subject is only information.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function note_count() returns bigint language sql stable security definer set search_path from current
  as $$ select count(*) from notes $$;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function note_count() returns bigint language sql stable security definer set search_path from current
  as $$ select count(*) from notes $$;
revoke execute on function note_count from public;
grant execute on function note_count to authenticated;`,
  },

  check(model, report) {
    for (const [key, overloads] of model.routines) {
      if (!model.isExposed(overloads[0]?.schema ?? '')) continue;
      if (model.privileges.origin(routineObject(key), PUBLIC, 'execute') === undefined) continue;
      for (const routine of overloads) {
        if (!routine.definer || !isCallable(routine) || !touches(routine, model)) continue;
        const asks = bodyMentionsSubject(routine);
        report({
          at: routine.at,
          ...(asks && { severity: 'info' as const }),
          message: asks
            ? `${routine.name} runs with its owner's rights, and everybody may call /rpc/${routine.name}; it asks for the subject, which a signed-out caller lacks.`
            : `${routine.name} runs with its owner's rights, and everybody may call /rpc/${routine.name}, past every policy. Revoke EXECUTE from PUBLIC.`,
          // Without arguments the name must mean one function.
          ...(overloads.length === 1 && { fix: restricted(routine) }),
        });
      }
    }
  },
});

/** Trigger functions cannot be called. */
function isCallable({ returns }: Routine): boolean {
  return returns?.type !== 'trigger' && returns?.type !== 'event_trigger';
}

/** Whether it reads or writes anything, as far as the text tells. */
function touches({ statement, schema, name }: Routine, model: SchemaModel): boolean {
  const { body } = statement;
  if (!body || body.opaque || body.dynamic) return true;
  return body.queries.some(
    query =>
      relationsUsed(query).length > 0 ||
      callsIn(query).some(call =>
        routinesOf(call, model).some(
          inner => relationKey(inner.schema, inner.name) !== relationKey(schema, name),
        ),
      ),
  );
}

function restricted({ kind, written, statement }: Routine): Fix {
  const to = (verb: string, role: string): string => `${verb} execute on ${kind} ${written} ${role}`;
  const edit = addStatementAfter(
    statement,
    `${to('revoke', 'from public')};\n${to('grant', 'to authenticated')}`,
  );
  return { title: 'Let only the signed-in call it', edits: [edit] };
}
