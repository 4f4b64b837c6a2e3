import type { Node } from '@pgsql/types';
import { tokenize, type Token } from './lexer';
import { ByteOffsets } from './offsets';
import type { SqlParser } from './parser';
import { readRoutineBody, type BodyPart, type RoutineBody } from './routine-body';
import type { StatementRange } from './split';

/** A range of one file's text, in UTF-16 offsets. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Bodies are read when a rule first asks; the same text has the same tree, and so the same body. */
const BODIES = new WeakMap<Node, RoutineBody | null>();

/** A statement with its parse tree; the tree's byte locations are translated by {@link offsetOf}. */
export class Statement {
  #tokens: readonly Token[] | undefined;
  /** Null for ASCII, where bytes and UTF-16 units are one. */
  #byteOffsets: ByteOffsets | null | undefined;

  private readonly start: number;
  private readonly end: number;
  /** Offset after the semicolon, or undefined where the last statement of a file has none. */
  readonly terminatedAt: number | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
    readonly node: Node,
    { start, end, terminatedAt }: StatementRange,
    private readonly parser: SqlParser,
  ) {
    this.start = start;
    this.end = end;
    this.terminatedAt = terminatedAt;
  }

  /** Words, strings and signs in order, without comments; offsets are the file's. */
  get tokens(): readonly Token[] {
    return (this.#tokens ??= tokenize(this.text, this.start).filter(({ kind }) => kind !== 'comment'));
  }

  /** What a CREATE FUNCTION, CREATE PROCEDURE or DO block runs; undefined for any other statement. */
  get body(): RoutineBody | undefined {
    const known = BODIES.get(this.node);
    if (known !== undefined) return known ?? undefined;
    const body = readRoutineBody(this.parser, this.text, this.node);
    BODIES.set(this.node, body ?? null);
    return body;
  }

  /** A query of the body as a statement with places of its own; undefined where its text cannot be found. */
  inner({ node, text, start: offset }: BodyPart): Statement | undefined {
    if (offset === undefined) return undefined;
    const start = this.start + offset;
    const range = { start, end: start + text.length, terminatedAt: undefined };
    return new Statement(this.file, text, node, range, this.parser);
  }

  /** From the first token to the last, without the semicolon. */
  get at(): Span {
    return { file: this.file, start: this.start, end: this.end };
  }

  /** The file's offset of a location in the parse tree. */
  offsetOf(location: number): number {
    if (this.#byteOffsets === undefined)
      this.#byteOffsets = /[^\0-\x7f]/.test(this.text) ? new ByteOffsets(this.text) : null;
    return this.start + (this.#byteOffsets?.utf16(location) ?? location);
  }

  /** Index in {@link tokens} of the token that starts at or contains a location of the parse tree; -1 for none. */
  tokenIndexAt(location: number): number {
    const offset = this.offsetOf(location);
    const { tokens } = this;
    let low = 0;
    let high = tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tokens[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return (tokens[low]?.start ?? Infinity) <= offset ? low : -1;
  }

  /** The text of a range of this statement. */
  textOf({ start, end }: Span): string {
    return this.text.slice(start - this.start, end - this.start);
  }

  /** Range of the tokens from one index to another, both included. */
  tokenSpan(from: number, to = from): Span {
    const { file, start, end, tokens } = this;
    return { file, start: tokens[from]?.start ?? start, end: tokens[to]?.end ?? end };
  }

  /** The same statement of a text in which something before it was changed. */
  movedBy(distance: number): Statement {
    if (distance === 0) return this;
    const { file, text, node, start, end, terminatedAt, parser } = this;
    const range = {
      start: start + distance,
      end: end + distance,
      terminatedAt: terminatedAt === undefined ? undefined : terminatedAt + distance,
    };
    return new Statement(file, text, node, range, parser);
  }
}
