import type { Node } from '@pgsql/types';
import type { Token } from './lexer';
import { LineIndex, utf16Offset } from './offsets';
import type { SqlParser } from './parser';
import { readRoutineBody, type RoutineBody } from './routine-body';
import { splitStatements, type StatementSpan } from './split';

/** A range of one file's text, in UTF-16 offsets. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A statement PostgreSQL's parser refuses. */
export interface SyntaxError {
  readonly message: string;
  readonly at: Span;
}

/** Bodies are read when a rule first asks; the same text has the same tree, and so the same body. */
const BODIES = new WeakMap<Node, RoutineBody | null>();

/** A statement with its parse tree; the tree's byte locations are translated by {@link offsetOf}. */
export class Statement {
  readonly #ascii: boolean;

  constructor(
    readonly file: string,
    readonly text: string,
    readonly node: Node,
    private readonly span: StatementSpan,
    private readonly parser: SqlParser,
  ) {
    this.#ascii = /^\p{ASCII}*$/u.test(text);
  }

  /** Words, strings and signs in order, without comments; offsets are the file's. */
  get tokens(): readonly Token[] {
    return this.span.tokens;
  }

  /** What a CREATE FUNCTION, CREATE PROCEDURE or DO block runs; undefined for any other statement. */
  get body(): RoutineBody | undefined {
    const known = BODIES.get(this.node);
    if (known !== undefined) return known ?? undefined;
    const body = readRoutineBody(this.parser, this.text, this.node);
    BODIES.set(this.node, body ?? null);
    return body;
  }

  /** From the first token to the last, without the semicolon. */
  get at(): Span {
    return { file: this.file, start: this.span.start, end: this.span.end };
  }

  /** Offset after the semicolon, or undefined where the last statement of a file has none. */
  get terminatedAt(): number | undefined {
    return this.span.terminatedAt;
  }

  /** The file's offset of a location in the parse tree. */
  offsetOf(location: number): number {
    return this.span.start + (this.#ascii ? location : utf16Offset(this.text, location));
  }

  /** Index in {@link tokens} of the token that starts at or contains a location of the parse tree; -1 for none. */
  tokenIndexAt(location: number): number {
    const offset = this.offsetOf(location);
    return this.tokens.findIndex(token => token.start <= offset && offset < token.end);
  }

  /** The text of a range of this statement. */
  textOf({ start, end }: Span): string {
    return this.text.slice(start - this.at.start, end - this.at.start);
  }

  /** Range of the tokens from one index to another, both included. */
  tokenSpan(from: number, to = from): Span {
    const { start, end } = this.at;
    return { file: this.file, start: this.tokens[from]?.start ?? start, end: this.tokens[to]?.end ?? end };
  }
}

/** One SQL file, parsed: what could be read and what could not. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly statements: readonly Statement[];
  readonly errors: readonly SyntaxError[];
  /** Comments in order, with their marks: between statements and inside of them, but not inside a body's string. */
  readonly comments: readonly Token[];
}

const STATEMENT_START =
  /^(?:alter|analyze|begin|comment|commit|copy|create|delete|do|drop|grant|insert|reset|revoke|rollback|select|set|truncate|update|with)$/;

/** Parses a file. A statement that cannot be read becomes an error and leaves the others as they are. */
export function parseSource(parser: SqlParser, name: string, text: string): SourceFile {
  const statements: Statement[] = [];
  const errors: SyntaxError[] = [];
  const comments: Token[] = [];
  const pending = splitStatements(text, comment => comments.push(comment)).reverse();
  for (let span = pending.pop(); span; span = pending.pop()) {
    const sql = text.slice(span.start, span.end);
    const result = parser.parse(sql);
    if (result.node) {
      statements.push(new Statement(name, sql, result.node, span, parser));
      continue;
    }
    const offset = span.start + result.error.offset;
    errors.push({ message: result.error.message, at: offendingRange(name, span, offset) });
    pending.push(...resume(parser, text, span, offset).reverse());
  }
  return { name, text, lines: new LineIndex(text), statements, errors, comments };
}

function offendingRange(file: string, span: StatementSpan, offset: number): Span {
  const token = span.tokens.find(({ end }) => offset < end) ?? span.tokens.at(-1);
  return token ? { file, start: token.start, end: token.end } : { file, start: span.start, end: span.end };
}

/** How many later lines are tried as the start of a statement after an error. */
const RESUME_ATTEMPTS = 8;

/**
 * What is still worth reading of a broken statement. A forgotten semicolon joins two statements, and the error stands
 * at the second one: both are good. Otherwise what was broken stays broken, and reading goes on at the first later line
 * that begins a statement PostgreSQL can parse, so that one mistake is one finding.
 */
function resume(parser: SqlParser, text: string, span: StatementSpan, offset: number): StatementSpan[] {
  const starts = span.tokens.flatMap((token, index) =>
    index > 0 && startsStatement(text, token) ? [index] : [],
  );
  const joined = starts.find(index => span.tokens[index]?.start === offset);
  if (joined !== undefined) return [cut(span, 0, joined), cut(span, joined)];
  return starts
    .filter(index => (span.tokens[index]?.start ?? 0) > offset)
    .slice(0, RESUME_ATTEMPTS)
    .map(index => cut(span, index))
    .filter(rest => parser.parse(text.slice(rest.start, rest.end)).node !== undefined)
    .slice(0, 1);
}

function startsStatement(text: string, token: Token): boolean {
  if (token.kind !== 'word' || !STATEMENT_START.test(token.value)) return false;
  const lineStart = text.lastIndexOf('\n', token.start) + 1;
  return text.slice(lineStart, token.start).trim() === '';
}

/** The tokens from one index up to another as a span of their own; only the last part keeps the semicolon. */
function cut(span: StatementSpan, from: number, to?: number): StatementSpan {
  const tokens = span.tokens.slice(from, to);
  const start = tokens[0]?.start ?? span.start;
  const end = tokens.at(-1)?.end ?? span.end;
  const isLast = to === undefined && span.terminatedAt !== undefined;
  return { start, end, tokens, ...(isLast && { terminatedAt: span.terminatedAt }) };
}
