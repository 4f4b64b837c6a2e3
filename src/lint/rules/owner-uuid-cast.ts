import {
  defineRule,
  removeAt,
  replaceAt,
  subjectCastsIn,
  type Column,
  type Statement,
  type SubjectCast,
  type Table,
  type TextEdit,
} from '../rule';

/** Types that a subject such as `user_2abC` cannot be read as. */
const FOREIGN_TYPES: ReadonlySet<string> = new Set(['uuid', 'int2', 'int4', 'int8', 'numeric', 'oid']);

export default defineRule({
  id: 'owner-uuid-cast',
  title: 'Subject cast to uuid or a number',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A policy or a default casts the subject to `uuid` or to a number.',
    why:
      'The cast fails for every subject that does not look like one: requests of those users answer 400 with code 22P02 ' +
      '"invalid input syntax for type uuid", on an empty table as well.',
    how: 'Store the owner as `text` and compare it with `auth.uid()` as it is.',
    falseAlarm:
      'A project whose subjects are all UUIDs by design. The next identity provider will not keep that promise.',
    bad: `create table notes (id uuid primary key default gen_random_uuid(), owner_id uuid not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid()::uuid);
grant select on notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report) {
    for (const table of model.tables.values()) {
      const found = castsOf(table);
      for (const { cast, column } of found) {
        // One column, one change: its type and every cast that was made for it.
        const together = column
          ? found.filter(other => other.column === column)
          : [{ cast, column, statement: undefined }];
        const target = column?.type === cast.castTo && !column.references ? column : undefined;
        report({
          at: cast.at,
          message: `The subject is text and need not be a ${cast.castTo}: users with another kind of id get 400, 22P02 "invalid input syntax for type ${cast.castTo}".`,
          ...(column && { related: [{ at: column.typeAt, message: `${column.name} is ${column.type}` }] }),
          ...(target && {
            fix: {
              title: `Compare ${target.name} as text`,
              edits: [replaceAt(target.typeAt, 'text'), ...together.flatMap(uncast)],
            },
          }),
        });
      }
    }
  },
});

interface FoundCast {
  readonly cast: SubjectCast;
  readonly statement: Statement | undefined;
  /** The column it is compared with or the default of. */
  readonly column: Column | undefined;
}

function castsOf(table: Table): FoundCast[] {
  const isForeign = ({ castTo }: SubjectCast): boolean => FOREIGN_TYPES.has(castTo);
  const inPolicies = table.policies.flatMap(({ statement, using, check }) =>
    [using, check].flatMap(predicate => {
      const comparisons = predicate?.subjectComparisons ?? [];
      return (predicate?.subjectCasts ?? []).filter(isForeign).map(cast => {
        const name = comparisons.find(({ subject }) => subject.cast === cast.cast)?.column;
        return { cast, statement, column: name === undefined ? undefined : table.columns.get(name) };
      });
    }),
  );
  const inDefaults = [...table.columns.values()].flatMap(column => {
    const { default: fallback } = column;
    if (!fallback) return [];
    const { statement, node } = fallback;
    return subjectCastsIn(node, statement)
      .filter(isForeign)
      .map(cast => ({ cast, statement, column }));
  });
  return [...inPolicies, ...inDefaults];
}

function uncast({ cast, statement }: FoundCast): TextEdit[] {
  if (!statement) return [];
  return [cast.inner === undefined ? removeAt(statement, cast.at) : replaceAt(cast.at, cast.inner)];
}
