import {
  allOrNone,
  defineRule,
  projectNamesIn,
  replaceAt,
  replaceByOwn,
  type SchemaModel,
  type SourceFile,
  type Span,
  type TextEdit,
} from '../rule';

export default defineRule({
  id: 'schema-doc-placeholder',
  title: 'Name left over from an example',
  severity: 'error',
  fixable: true,
  sources: [],
  docs: {
    what: 'A statement still has the schema or role of the documentation’s examples (`t_5ecfa3ab72d1_api`, `t_abc123_api`), or something to be filled in: `<your_schema>`, `t_<hash>_api`, `{{schema}}`.',
    why: 'The push fails with 3F000 "schema … does not exist", or with 42601 at the bracket, and nothing of the file is applied.',
    how: 'Leave the schema away: unqualified names land in the project’s own. `fluxRls.schema` or `apiSchema` in flux.json tell the extension which one that is.',
    falseAlarm: 'A template with placeholders that another tool fills in before the push.',
    bad: `create table t_5ecfa3ab72d1_api.notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table t_5ecfa3ab72d1_api.notes enable row level security;
create policy notes_owner_read on t_5ecfa3ab72d1_api.notes for select to authenticated using (owner_id = auth.uid());
grant select on t_5ecfa3ab72d1_api.notes to authenticated;`,
    good: `create table notes (id uuid primary key default gen_random_uuid(), owner_id text not null);
alter table notes enable row level security;
create policy notes_owner_read on notes for select to authenticated using (owner_id = auth.uid());
grant select on notes to authenticated;`,
  },

  check(model, report, files) {
    for (const file of files) {
      const places = [...samplesIn(model, file), ...bracketsIn(model, file)];
      const told = new Set<string>();
      for (const { name, at, isRead } of places) {
        if (told.has(name)) continue;
        told.add(name);
        const edits = allOrNone(places.filter(place => place.name === name).map(({ edit }) => edit));
        report({
          at,
          message: isRead
            ? `${name} comes from the documentation's examples: no other project has it, and the push fails with ${name.endsWith('_role') ? '42704' : '3F000'}.`
            : `${name} is to be filled in: the push fails with 42601 here. Unqualified names land in the project's schema.`,
          ...(edits && { fix: { title: `Put the project's own in place of ${name}`, edits } }),
        });
      }
    }
  },
});

interface Place {
  readonly name: string;
  readonly at: Span;
  /** The parser takes it for a name. */
  readonly isRead: boolean;
  readonly edit: TextEdit | undefined;
}

function samplesIn(model: SchemaModel, { statements }: SourceFile): Place[] {
  return statements.flatMap(statement =>
    projectNamesIn(statement)
      .filter(({ name }) => model.isSampleName(name))
      .map(({ name, index }) => {
        const edit = replaceByOwn(model, statement, index);
        return { name, at: statement.tokenSpan(index), isRead: true, edit };
      }),
  );
}

/** `{{schema}}`, `${schema}`, `t_<hash>_api` and `<your_schema>`. */
const BRACKETS = /\$?\{\{?[\w .-]+\}?\}|\bt_<[\w .-]+>_(?:api|role)|<[A-Za-z][\w .-]*>/g;
/** `a <b> c` is a mistake of another kind. */
const TO_FILL_IN = /[{_]|your|my|schema|table|tenant|project|hash|role|name|here|\bid\b/i;

/** Placeholders at which the parser stopped, and the same ones elsewhere in the file. */
function bracketsIn(model: SchemaModel, { name: file, text, errors }: SourceFile): Place[] {
  if (errors.length === 0) return [];
  const found = [...text.matchAll(BRACKETS)].filter(([written]) => TO_FILL_IN.test(written));
  const stopped = found.filter(({ index, 0: { length } }) =>
    errors.some(({ at }) => index <= at.start && at.start < index + length),
  );
  const names = new Set(stopped.map(([written]) => written));
  return found
    .filter(([written]) => names.has(written))
    .map(({ index, 0: written }) => {
      const at = { file, start: index, end: index + written.length };
      return { name: written, at, isRead: false, edit: filledIn(model, at, text) };
    });
}

function filledIn(model: SchemaModel, at: Span, text: string): TextEdit | undefined {
  if (text[at.end] === '.') return replaceAt({ ...at, end: at.end + 1 }, '');
  if (/role\b/.test(text.slice(at.start, at.end))) return replaceAt(at, 'authenticated');
  return model.configuredSchema === undefined ? undefined : replaceAt(at, model.configuredSchema);
}
