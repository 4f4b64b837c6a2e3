import {
  defineRule,
  insertAt,
  isInlined,
  onlyReads,
  readsSession,
  replaceAt,
  requestCode,
  routinesBehindPolicies,
  textsOf,
  type Fix,
  type Routine,
  type TextEdit,
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
    for (const code of requestCode(model)) {
      for (const call of code.owner.kind === 'policy' ? code.calls : []) {
        const names = textsOf(call.funcname);
        const name = names.at(-1) ?? '';
        if (!VOLATILE.has(name) || (names.length > 1 && names[0] !== 'pg_catalog')) continue;
        const message = `${name}() is volatile: ${code.name} calls it with every row, each time with another result.`;
        report({ at: code.spanOf({ FuncCall: call }), message });
      }
    }
  },
});

/** Only what is seen to read may be called stable: PostgreSQL refuses writes of a stable function. */
function stableFix(routine: Routine): Fix | undefined {
  const edit = onlyReads(routine) ? wordOfVolatility(routine) : undefined;
  return edit && { title: 'Declare it stable', edits: [edit] };
}

/** The word is changed, or comes after the language; an immutable one without it was made so by ALTER FUNCTION. */
function wordOfVolatility({ statement, volatility }: Routine): TextEdit | undefined {
  const words = statement.tokens.map(({ kind, value }) => (kind === 'word' ? value : ''));
  const written = words.indexOf(volatility);
  if (written !== -1) return replaceAt(statement.tokenSpan(written), 'stable');
  const language = words.indexOf('language');
  if (language === -1 || volatility !== 'volatile') return undefined;
  return insertAt(statement.file, statement.tokenSpan(language + 1).end, ' stable');
}
