import {
  defineRule,
  requestCode,
  routineObject,
  textsOf,
  type Fix,
  type Routine,
  type SchemaModel,
  type Statement,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'function-shadows-auth',
  title: 'Function in the platform’s auth schema',
  severity: { v1_dedicated: 'warning', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A file creates or replaces a function of the schema `auth`, which is the platform’s.',
    why:
      'On v2 shared the push answers 42501 "permission denied for schema auth". On v1 dedicated it passes: a replaced ' +
      '`auth.uid()` decides every policy of the project from then on, and the platform’s next update may replace it again.',
    how: 'Make a function of your own, without a schema before its name.',
    falseAlarm: 'None on v2.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create function auth.current_member() returns text language sql stable as $$ select auth.uid() $$;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.current_member());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create function current_member() returns text language sql stable as $$ select auth.uid() $$;
create policy notes_owner_read on notes for select to authenticated using (owner_id = current_member());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const [key, overloads] of model.routines) {
      for (const routine of overloads) {
        if (routine.schema !== 'auth') continue;
        const fix = overloads.length === 1 ? ownFunction(key, routine, model) : undefined;
        report({
          at: routine.at,
          message:
            model.engine === 'v2_shared'
              ? `The schema auth is the platform's: creating auth.${routine.name} fails with 42501, and the push with it.`
              : `The schema auth is the platform's: auth.${routine.name} may be replaced with its next update${routine.name === 'uid' ? ', and until then decides every policy' : ''}.`,
          ...(fix && { fix }),
        });
      }
    }
  },
});

/** Takes `auth.` from the name and from every call; undefined where other statements name it or a part has no place. */
function ownFunction(key: string, { name, statement, at }: Routine, model: SchemaModel): Fix | undefined {
  const isNamed = model.grants.some(({ objects }) => objects.includes(routineObject(key)));
  if (name === 'uid' || isNamed || model.routines.has(model.keyOf(name))) return undefined;
  const edits: TextEdit[] = [withoutSchema(statement, at.start)];
  for (const code of requestCode(model)) {
    for (const { funcname, location = 0 } of code.calls) {
      if (textsOf(funcname).join('.') !== `auth.${name}`) continue;
      const token = code.statement?.tokens[code.statement.tokenIndexAt(location) + 2];
      if (!code.statement || !token) return undefined;
      edits.push(withoutSchema(code.statement, token.start));
    }
  }
  return { title: `Make ${name} a function of your own`, edits };
}

/** Takes away the two tokens before a name. */
function withoutSchema(statement: Statement, nameStart: number): TextEdit {
  const index = statement.tokens.findIndex(({ start }) => start === nameStart);
  const { start } = statement.tokenSpan(index - 2);
  return { at: { file: statement.file, start, end: nameStart }, text: '' };
}
