import type { SqlPlace } from './explain-sql-places';
import type { DatabaseSays, Explanation, ExplainedCause } from './explain-types';

/** Line and column of a place, from 1, and how its file is called; undefined where the file is not at hand. */
export type Locate = (
  place: SqlPlace,
) => { readonly line: number; readonly column: number; readonly file?: string } | undefined;

const NOWHERE: Locate = () => undefined;
/** The explanation as lines for a terminal. */
export function explanationText(explanation: Explanation, locate: Locate = NOWHERE): string {
  const { summary, answeredBy, proof, causes, notes, database } = explanation;
  return [
    summary,
    answeredBy,
    ...(proof === undefined ? [] : ['', proof]),
    ...causes.flatMap((cause, index) => [
      '',
      `${index + 1}. ${cause.title} (${cause.certainty})`,
      `   Why:     ${cause.why}`,
      `   Confirm: ${cause.confirm}`,
      `   Fix:     ${cause.fix}`,
      ...(cause.place ? [`   SQL:     ${placeWords(cause.place, locate)}`] : []),
      ...(cause.rules.length > 0 ? [`   Rules:   ${cause.rules.join(', ')}`] : []),
    ]),
    ...(database
      ? [
          '',
          database.name === undefined
            ? 'In the database:'
            : `In the database (${database.name}, asked read-only):`,
          ...saidBy(database).map(line => `   ${line}`),
        ]
      : []),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

/** How the parts of a page that are more than text are written; the editor makes links of them. */
export interface Links {
  /** A place in the SQL. */
  readonly place: (place: SqlPlace, words: string) => string;
  /** What mends a cause in the SQL; empty for nothing. */
  readonly fix: (cause: ExplainedCause) => string;
  readonly rule: (id: string) => string;
}

const PLAIN: Links = { place: (_, words) => code(words), fix: () => '', rule: code };

/** The explanation as paragraphs of Markdown, without a heading. */
export function explanationMarkdown(
  explanation: Explanation,
  locate: Locate = NOWHERE,
  links: Links = PLAIN,
): string[] {
  const { summary, answeredBy, proof, causes, notes, database } = explanation;
  return [
    `**${escaped(summary)}**`,
    escaped(answeredBy),
    ...(proof === undefined ? [] : [escaped(proof)]),
    ...causes.flatMap((cause, index) => [
      `## ${index + 1}. ${escaped(cause.title)} _(${cause.certainty})_`,
      escaped(cause.why),
      `**Confirm:** ${asCode(cause.confirm)}`,
      `**Fix:** ${asCode(cause.fix)}`,
      ...(cause.place
        ? [
            `**In your SQL:** ${links.place(cause.place, placeWords(cause.place, locate))}${spaced(links.fix(cause))}`,
          ]
        : []),
      ...(cause.rules.length > 0 ? [`**Linter:** ${cause.rules.map(links.rule).join(', ')}`] : []),
    ]),
    ...(database
      ? [
          '## In the database',
          ...(database.name === undefined ? [] : [`${escaped(database.name)} was asked, read-only:`]),
          saidBy(database)
            .map(line => `- ${escaped(line)}`)
            .join('\n'),
        ]
      : []),
    ...notes.map(note => `_${escaped(note)}_`),
  ];
}

function saidBy({ sentences }: DatabaseSays): readonly string[] {
  return sentences.length > 0 ? sentences : ['Its catalog tells nothing of these causes.'];
}

/** The explanation as JSON, format version 1. */
export function explanationJson(explanation: Explanation, locate: Locate = NOWHERE): string {
  const causes = explanation.causes.map(({ place, ...cause }) => ({
    ...cause,
    ...(place && { place: { file: place.file, name: place.name, ...locate(place) } }),
  }));
  return JSON.stringify({ version: 1, ...explanation, causes }, null, 2);
}

/** `flux-rls.sql:24 notes_owner_insert`. */
export function placeWords(place: SqlPlace, locate: Locate = NOWHERE): string {
  const at = locate(place);
  return `${at?.file ?? place.file}${at ? `:${at.line}` : ''} ${place.name}`;
}

function spaced(text: string): string {
  return text === '' ? '' : ` · ${text}`;
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
}

const SQL = /^(?:select|grant|create|alter|drop|notify|explain|curl)\b[^;]*(?:;|$)/;

/** What is a statement or a command stands as code, so that it can be copied. */
function asCode(text: string): string {
  const statement = SQL.exec(text)?.[0];
  if (statement === undefined) return escaped(text);
  return `${code(statement)}${escaped(text.slice(statement.length))}`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
