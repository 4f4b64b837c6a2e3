import {
  defineRule,
  qualifiedNamesIn,
  stripSchema,
  walk,
  type SchemaModel,
  type SourceFile,
  type Span,
  type Statement,
  type TextEdit,
  type TypeCast,
} from '../rule';

export default defineRule({
  id: 'schema-public-object',
  title: 'Object of the schema public',
  severity: { v1_dedicated: 'warning', v2_shared: 'error' },
  fixable: true,
  sources: [],
  docs: {
    what: 'A statement makes or uses `public.x`. On v1 dedicated only what the files make there is reported.',
    why: 'A v2 push runs as a role that may create nothing in `public` (42501 "permission denied for schema public") and finds no table of the project there (42P01); it does not rewrite such names. On v1 dedicated the object is made outside of the API schema: requests answer 404 with 42P01 unless they ask for the profile `public`, and who does finds a table at which the platform’s gate does not look.',
    how: 'Leave `public.` away: unqualified names land in the project’s schema.',
    falseAlarm:
      'On v1 dedicated, a table that requests must not find, with row-level security and without grants.',
    bad: `create table public.notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table public.notes enable row level security;
create policy notes_owner_read on public.notes for select to authenticated using (owner_id = auth.uid());
grant select on public.notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null, body text);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    const uses = files.flatMap(file => usesIn(file));
    if (uses.length === 0) return;
    const made = new Set(uses.filter(({ makes }) => makes).map(({ name }) => name));
    const told = new Set<string>();
    for (const { name, mayBeElsewhere, at } of uses) {
      const place = `${at.file} ${name}`;
      const isMade = made.has(name);
      if (told.has(place) || (!isMade && (mayBeElsewhere || model.engine === 'v1_dedicated'))) continue;
      told.add(place);
      const edits = uses.filter(use => use.name === name).map(({ strip }) => strip);
      const isTaken = model.tableNamed(name)?.created !== undefined;
      report({
        at,
        message: message(model, name, isMade),
        ...(!isTaken && { fix: { title: `Leave public. away from ${name}`, edits } }),
      });
    }
  },
});

function message({ engine }: SchemaModel, name: string, isMade: boolean): string {
  if (engine === 'v1_dedicated')
    return `public.${name} is outside of the API schema: requests answer 404 (42P01) unless they ask for the profile public, and the platform's gate does not look at it.`;
  return isMade
    ? `A v2 push may not create public.${name}: it fails with 42501 "permission denied for schema public". Unqualified names land in the project's schema.`
    : `The project has nothing in the schema public: the push fails with 42P01 at public.${name}. Unqualified names mean the project's schema.`;
}

interface PublicUse {
  readonly name: string;
  readonly at: Span;
  /** It stands in CREATE, as what is made. */
  readonly makes: boolean;
  /** Functions and types that the platform or an extension may have put there, and what is dropped if it exists. */
  readonly mayBeElsewhere: boolean;
  readonly strip: TextEdit;
}

function usesIn({ statements }: SourceFile): PublicUse[] {
  return statements.flatMap(statement => {
    const { tokens, node } = statement;
    const names = qualifiedNamesIn(statement).filter(({ schema }) => schema === 'public');
    if (names.length === 0) return [];
    const types = typeNamesIn(statement);
    const isDropIfExists = 'DropStmt' in node && (node.DropStmt.missing_ok ?? false);
    return names.map(({ name, index, at }) => ({
      name,
      at,
      makes: tokens[0]?.value === 'create' && tokens.slice(1, index).every(({ value }) => MAKING.test(value)),
      mayBeElsewhere: isDropIfExists || types.has(index) || isCall(statement, index),
      strip: stripSchema(statement, index),
    }));
  });
}

const MAKING =
  /^(?:or|replace|temp|temporary|unlogged|recursive|materialized|foreign|table|view|function|procedure|type|domain|sequence|aggregate|if|not|exists)$/;
const BEFORE_COLUMNS = /^(?:into|on|references|exists|table|view|copy)$/;

/** `public.f(…)`, but not `insert into public.t (…)`. */
function isCall({ tokens }: Statement, index: number): boolean {
  return tokens[index + 3]?.value === '(' && !BEFORE_COLUMNS.test(tokens[index - 1]?.value ?? '');
}

/** Where types are named, such as `public.citext`. */
function typeNamesIn(statement: Statement): Set<number> {
  const places = new Set<number>();
  walk(statement.node, (_type, { typeName, argType, returnType }) => {
    for (const named of [typeName, argType, returnType] as (TypeCast['typeName'] | undefined)[])
      if (named?.location !== undefined) places.add(statement.tokenIndexAt(named.location));
  });
  return places;
}
