import {
  AUTHENTICATED,
  defineRule,
  replaceAt,
  schemaTokens,
  type Fix,
  type GrantStatement,
  type SchemaModel,
  type Statement,
} from '../rule';

export default defineRule({
  id: 'grant-not-adapted',
  title: 'GRANT that a push does not adapt',
  severity: { v1_dedicated: 'off', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A GRANT, REVOKE or ALTER DEFAULT PRIVILEGES names `public` or `authenticated` in a way that a v2 push leaves as it is.',
    why:
      'A push turns `authenticated` into the project’s role and `on schema public` into its schema. It does not touch ' +
      '`on all tables in schema public` (nor sequences, nor functions), `"public"`, a `public` that is not the first of a list, ' +
      'and `"authenticated"`. Those on `public` succeed on nothing, and requests answer 403 with code 42501 later; the quoted role fails the push with 42704.',
    how: 'Name the tables, and leave the quotes away.',
    falseAlarm: 'None known: the tables of a project are not in `public`.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select, insert on all tables in schema public to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_insert on notes for insert to authenticated with check (owner_id = auth.uid());
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select, insert on notes to authenticated;`,
  },

  check(model, report) {
    for (const grant of model.grants) {
      const { statement, allInSchema, grantees } = grant;
      const list = schemaTokens(statement);
      list.forEach((index, position) => {
        const token = statement.tokens[index];
        const isAdapted = !allInSchema && position === 0 && token?.kind === 'word';
        if (token?.value !== 'public' || isAdapted) return;
        const fix = allInSchema ? expanded(model, grant, list) : publicFirst(statement, list, index);
        report({
          at: statement.tokenSpan(index),
          message: `A push leaves this "public" as it is, where no table of the project is: the statement changes nothing, and requests answer 403, 42501 later.`,
          ...(fix && { fix }),
        });
      });
      for (const { name, at } of grantees) {
        const isQuoted = name === AUTHENTICATED && statement.textOf(at).startsWith('"');
        if (!isQuoted) continue;
        report({
          at,
          message:
            'A push does not adapt a quoted name: it fails with 42704 role "authenticated" does not exist.',
          fix: { title: 'Remove the quotes', edits: [replaceAt(at, AUTHENTICATED)] },
        });
      }
    }
  },
});

/** Only an unquoted `public` right after SCHEMA is adapted. */
function publicFirst(statement: Statement, list: readonly number[], index: number): Fix {
  const others = list
    .filter(other => other !== index)
    .map(other => statement.textOf(statement.tokenSpan(other)));
  const at = statement.tokenSpan(list[0] ?? index, list.at(-1));
  const title = others.length > 0 ? 'Name public first' : 'Remove the quotes';
  return { title, edits: [replaceAt(at, ['public', ...others].join(', '))] };
}

/** The objects of the project by their names, as far as the files have made them by then. */
function expanded(
  model: SchemaModel,
  { statement, target }: GrantStatement,
  list: readonly number[],
): Fix | undefined {
  const isBefore = (other: Statement | undefined): boolean =>
    other !== undefined && model.orderOf(other) < model.orderOf(statement);
  const isOwn = (schema: string): boolean => schema === (model.apiSchema ?? '');
  const tables = [...model.tables.values()].filter(
    ({ created, schema }) => isBefore(created) && isOwn(schema),
  );
  const routines = [...model.routines.values()].flatMap(all => (all.length === 1 ? all : []));
  const names =
    target === 'table'
      ? tables.map(({ written }) => written)
      : target === 'routine'
        ? routines
            .filter(routine => isBefore(routine.statement) && isOwn(routine.schema))
            .map(({ written }) => written)
        : [];
  const on = statement.tokens.findIndex(({ kind, value }) => kind === 'word' && value === 'on');
  if (names.length === 0 || list.length > 1) return undefined;
  const words = `${target === 'routine' ? 'function ' : ''}${names.join(', ')}`;
  return { title: 'Name what it is about', edits: [replaceAt(statement.tokenSpan(on + 1, list[0]), words)] };
}
