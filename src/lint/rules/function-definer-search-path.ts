import { defineRule, insertAt, type Fix, type Routine } from '../rule';

export default defineRule({
  id: 'function-definer-search-path',
  title: 'SECURITY DEFINER without a search path of its own',
  severity: 'warning',
  fixable: true,
  sources: ['splinter 0011_function_search_path_mutable', 'pgrls SEC015', 'rls-probe FUNC-SEARCH-PATH'],
  docs: {
    what: 'A SECURITY DEFINER function does not set its `search_path`.',
    why:
      'It looks names up where its caller says. Whoever may set the search path in a session puts a table or function of the same ' +
      'name first, and has it used with the owner’s rights.',
    how: 'Add `set search_path from current`: it keeps the path of the push, which is the API schema.',
    falseAlarm:
      'A function that only PostgREST calls, which sets the path itself. A `begin atomic` body has looked its names up when it was made.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function note_count() returns bigint language sql stable security definer
  as $$ select count(*) from notes where owner_id = auth.uid() $$;
revoke execute on function note_count() from public;
grant execute on function note_count() to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;
create function note_count() returns bigint language sql stable security definer set search_path from current
  as $$ select count(*) from notes where owner_id = auth.uid() $$;
revoke execute on function note_count() from public;
grant execute on function note_count() to authenticated;`,
  },

  check(model, report) {
    for (const routine of [...model.routines.values()].flat()) {
      const { definer, searchPath, language, name, at } = routine;
      if (!definer || searchPath || !['sql', 'plpgsql'].includes(language) || isAtomic(routine)) continue;
      const fix = withSearchPath(routine);
      report({
        at,
        message: `${name} runs with its owner's rights and looks names up where its caller says: set search_path from current.`,
        ...(fix && { fix }),
      });
    }
  },
});

function isAtomic({ statement: { node } }: Routine): boolean {
  return 'CreateFunctionStmt' in node && node.CreateFunctionStmt.sql_body !== undefined;
}

/** Right after SECURITY DEFINER, in its case; where ALTER FUNCTION made it so the author has to say. */
function withSearchPath({ statement }: Routine): Fix | undefined {
  const token = statement.tokens.find(({ kind, value }) => kind === 'word' && value === 'definer');
  if (!token) return undefined;
  const written = statement.textOf({ ...statement.at, start: token.start, end: token.end });
  const isUpper = written === written.toUpperCase();
  const option = isUpper ? ' SET search_path FROM CURRENT' : ' set search_path from current';
  return { title: 'Keep the search path of the push', edits: [insertAt(statement.file, token.end, option)] };
}
