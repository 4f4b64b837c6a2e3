import {
  bodyMentionsSubject,
  defineRule,
  insertAt,
  replaceAt,
  routinesBehindPolicies,
  settingsIn,
  textsOf,
  walk,
  type Fix,
  type Routine,
  type RoutineBody,
} from '../rule';

/** Functions of PostgreSQL that yield something else with every call. */
const VOLATILE: ReadonlySet<string> = new Set(
  'random clock_timestamp timeofday gen_random_uuid nextval set_config pg_sleep'.split(' '),
);

export default defineRule({
  id: 'policy-volatile-function',
  title: 'Function in a policy with the wrong volatility',
  severity: 'warning',
  fixable: true,
  sources: ['pgrls PERF002, SEC046'],
  docs: {
    what: 'A policy calls a function that is VOLATILE, which is what a function without a word on it is; or one that is IMMUTABLE and asks who is calling.',
    why:
      'A volatile function is called with every row, and no index can serve a comparison with it. An immutable one is worked out ' +
      'when the query is planned; a plan that is kept then answers the next user with the rows of the first, which is an error.',
    how: 'Declare it `stable`: the same within one statement.',
    falseAlarm:
      'A function that writes, say to count reads, must stay volatile. A one-line SQL function that PostgreSQL puts into the query is not reported.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
create index notes_owner on notes (owner_id);
alter table notes enable row level security;
create function current_owner() returns text language plpgsql as $$ begin return auth.uid(); end $$;
create policy notes_owner_read on notes for select to authenticated using (owner_id = current_owner());
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
create index notes_owner on notes (owner_id);
alter table notes enable row level security;
create function current_owner() returns text language plpgsql stable as $$ begin return auth.uid(); end $$;
create policy notes_owner_read on notes for select to authenticated using (owner_id = current_owner());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const routine of routinesBehindPolicies(model)) {
      const { volatility, name, at } = routine;
      const isFrozen = volatility === 'immutable' && readsSession(routine);
      if (!isFrozen && (volatility !== 'volatile' || isInlined(routine))) continue;
      const fix = stableFix(routine);
      report({
        at,
        severity: isFrozen ? 'error' : 'warning',
        message: isFrozen
          ? `${name} is immutable but asks who is calling: a plan that is kept answers one user with another's rows. Make it stable.`
          : `${name} is volatile, so policies call it with every row and no index can serve it.${fix ? ' Make it stable.' : ''}`,
        ...(fix && { fix }),
      });
    }
    for (const policy of model.policies) {
      for (const predicate of [policy.using, policy.check]) {
        for (const call of predicate?.calls ?? []) {
          const names = textsOf(call.funcname);
          const name = names.at(-1) ?? '';
          if (!predicate || !VOLATILE.has(name) || (names.length > 1 && names[0] !== 'pg_catalog')) continue;
          report({
            at: predicate.spanOf({ FuncCall: call }),
            message: `${name}() is volatile: ${policy.name} calls it with every row, each time with another result.`,
          });
        }
      }
    }
  },
});

function readsSession(routine: Routine): boolean {
  const queries = routine.statement.body?.queries ?? [];
  return bodyMentionsSubject(routine) || queries.some(query => settingsIn(query).length > 0);
}

/** PostgreSQL writes a single SELECT without FROM into the query itself, and then looks at what it calls. */
function isInlined({ language, definer, searchPath, statement }: Routine): boolean {
  const [query, ...others] = statement.body?.queries ?? [];
  if (language !== 'sql' || definer || searchPath || !query || others.length > 0) return false;
  const types: string[] = [];
  walk(query, type => types.push(type));
  return types[0] === 'SelectStmt' && !types.includes('SubLink') && !types.includes('RangeVar');
}

const WRITES: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** Only what is seen to read may be called stable: PostgreSQL refuses writes of a stable function. */
function stableFix({ statement, volatility }: Routine): Fix | undefined {
  const { body, tokens, at } = statement;
  if (!body || body.opaque || body.dynamic || writes(body)) return undefined;
  const title = 'Declare it stable';
  const written = tokens.findIndex(({ kind, value }) => kind === 'word' && value === volatility);
  if (written !== -1) return { title, edits: [replaceAt(statement.tokenSpan(written), 'stable')] };
  const language = tokens.findIndex(({ kind, value }) => kind === 'word' && value === 'language');
  const name = language === -1 ? undefined : tokens[language + 1];
  // An immutable one without the word was made so by ALTER FUNCTION.
  if (!name || volatility !== 'volatile') return undefined;
  return { title, edits: [insertAt(at.file, name.end, ' stable')] };
}

function writes({ queries }: RoutineBody): boolean {
  const types: string[] = [];
  walk(queries, type => types.push(type));
  return types.some(type => WRITES.has(type));
}
