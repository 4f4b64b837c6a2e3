import type { SourceFile, Span, Statement } from '../sql/source-file';
import type { TextEdit } from './finding';

export function replaceAt(at: Span, text: string): TextEdit {
  return { at, text };
}

export function insertAt(file: string, offset: number, text: string): TextEdit {
  return { at: { file, start: offset, end: offset }, text };
}

/** The edits of a fix that is made in full or not at all: undefined where one of them is. */
export function allOrNone(edits: readonly (TextEdit | undefined)[]): TextEdit[] | undefined {
  const known = edits.filter(edit => edit !== undefined);
  return known.length === edits.length ? known : undefined;
}

/** Takes a range away, and the blanks before it. */
export function removeAt(statement: Statement, at: Span): TextEdit {
  const before = statement.textOf({ ...at, start: statement.at.start, end: at.start });
  return { at: { ...at, start: statement.at.start + before.trimEnd().length }, text: '' };
}

/** Takes a statement away with its semicolon and, where it stands alone on its lines, the line break before it. */
export function removeStatement(statement: Statement, text: string): TextEdit {
  const { at, terminatedAt } = statement;
  const end = terminatedAt ?? at.end;
  const lineStart = text.lastIndexOf('\n', at.start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const isAlone =
    text.slice(lineStart, at.start).trim() === '' &&
    text.slice(end, lineEnd === -1 ? text.length : lineEnd).trim() === '';
  if (!isAlone) return { at: { ...at, end }, text: '' };
  return {
    at: { ...at, start: lineStart, end: lineEnd === -1 ? text.length : lineEnd + 1 },
    text: '',
  };
}

/** Puts a new statement on the line after another one, and gives that one its semicolon where it lacks it. */
export function addStatementAfter(statement: Statement, sql: string): TextEdit {
  const { terminatedAt, at } = statement;
  const missing = terminatedAt === undefined ? ';' : '';
  return insertAt(at.file, terminatedAt ?? at.end, `${missing}\n${inCaseOf(statement, sql)};`);
}

/** Puts a new statement on the line before another one. */
export function addStatementBefore(statement: Statement, sql: string): TextEdit {
  return insertAt(statement.at.file, statement.at.start, `${inCaseOf(statement, sql)};\n`);
}

/** The statement that a push of `files` runs last. */
export function lastOf(
  statements: readonly Statement[],
  files: readonly SourceFile[],
): Statement | undefined {
  const position = new Map(files.map(({ name }, index) => [name, index]));
  const isAfter = (a: Statement, b: Statement): boolean =>
    a.file === b.file ? a.at.start > b.at.start : (position.get(a.file) ?? 0) > (position.get(b.file) ?? 0);
  return statements.reduce<Statement | undefined>(
    (last, next) => (!last || isAfter(next, last) ? next : last),
    undefined,
  );
}

/** Writes keywords as the statement's first word is written; quoted names stay as they are. */
export function inCaseOf(statement: Statement, sql: string): string {
  const first = statement.tokens[0];
  const word = first ? statement.textOf({ ...statement.at, end: first.end }) : '';
  if (word !== word.toUpperCase()) return sql;
  return sql.replace(/"[^"]*"|[\w.]+/g, name => (KEYWORDS.has(name) ? name.toUpperCase() : name));
}

const KEYWORDS: ReadonlySet<string> = new Set(
  'add all alter as check column comment create delete drop enable execute exists for force from function grant if index insert is level no not null on permissive policy procedure public restrictive revoke row schema security select sequence set table to update usage using with'.split(
    ' ',
  ),
);

/** A name as SQL needs it: with quotes where it is no plain lower-case word, or one that PostgreSQL reserves. */
export function inSql(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

const RESERVED: ReadonlySet<string> = new Set(
  'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate column concurrently constraint create cross current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric table tablesample then to trailing true union unique user using variadic verbose when where window with'.split(
    ' ',
  ),
);
