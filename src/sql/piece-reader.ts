import { inspectBroken, statementLines } from './broken-statement';
import { detached, lineEnd } from './characters';
import { Scanner, tokenize, type Token } from './lexer';
import type { ParseError, SqlParser } from './parser';
import type { Piece, SyntaxError } from './piece';
import { nextSegment, type Segment, type StatementRange } from './split';
import { Statement } from './statement';

/** Characters of one piece that are read again at most, in search of what is good after an error. */
const RECOVERY_WORK = 500_000;

/** As many statements in a row are no string. */
const CONVINCING_STATEMENTS = 20;

/** What no text has; the replacement character stands where bytes were no UTF-8. */
const NOT_TEXT = /(?![\t-\r])[\p{Cc}\ufffd]/gu;

const BINARY = 'This is not text in UTF-8: PostgreSQL takes no NUL byte, and nothing from here on was read';
const OPEN_COMMENT = 'unterminated /* comment';
const OPEN_DATA =
  'The data of this COPY has no end, which is a line with \\. only, and all lines below were taken for data';

/** Reads a file piece by piece. What cannot be read becomes an error and leaves the statements around it as they are. */
export class PieceReader {
  readonly #scanner: Scanner;
  readonly #nul: number;
  #statements: Statement[] = [];
  #errors: SyntaxError[] = [];
  #comments: Token[] = [];
  #seen = 0;
  #work = 0;

  constructor(
    private readonly parser: SqlParser,
    private readonly file: string,
    private readonly text: string,
  ) {
    this.#scanner = new Scanner(text);
    this.#nul = text.indexOf('\0');
  }

  /** Reads up to the end of the next statement; more than one where that is broken. */
  read(from: number): Piece {
    this.#statements = [];
    this.#errors = [];
    this.#comments = [];
    this.#seen = 0;
    this.#work = RECOVERY_WORK;
    let segment = this.#segment(from);
    const until = segment.to;
    let to = this.#readSegment(segment, from);
    while (to < until) {
      segment = this.#segment(to);
      to = this.#readSegment(segment, to);
    }
    return {
      from,
      to,
      seen: this.#seen,
      statements: this.#statements,
      errors: this.#errors,
      comments: this.#comments,
    };
  }

  #segment(from: number): Segment {
    const segment = nextSegment(this.#scanner, from);
    this.#seen = Math.max(this.#seen, segment.seen);
    return segment;
  }

  /** Takes what is good of a segment; returns where to go on. */
  #readSegment(segment: Segment, from: number): number {
    if (this.#nul !== -1 && this.#nul < segment.to) return this.#refuseBinary(from);
    const known = this.#errors.length;
    const to = segment.statement ? this.#readStatement(segment, segment.statement) : segment.to;
    for (const comment of segment.comments) if (comment.start < to) this.#comments.push(comment);
    if (to === segment.to && (segment.open !== 'data' || this.#errors.length === known))
      this.#reportOpen(segment);
    return to;
  }

  #readStatement(segment: Segment, range: StatementRange): number {
    const { rest, error } = this.#take(range);
    if (error) return this.#recover(segment, range, error);
    return rest === undefined ? segment.to : range.start + rest;
  }

  /** Takes a range as a statement; tells where the next one begins if the range has more than one. */
  #take(range: StatementRange): { rest?: number; error?: ParseError } {
    const sql = detached(this.text, range);
    const { node, rest, error } = this.parser.parse(sql);
    if (error) return { error };
    if (rest === undefined) {
      this.#statements.push(new Statement(this.file, sql, node, range, this.parser));
      return {};
    }
    const last = tokenize(sql.slice(0, rest - 1)).findLast(({ kind }) => kind !== 'comment');
    const { start } = range;
    return { rest, ...this.#take({ start, end: start + (last?.end ?? rest), terminatedAt: start + rest }) };
  }

  /**
   * Reports a broken statement and looks for what is still worth reading. An open quote takes the text up to the next
   * one along: it is closed at the end of its line. A forgotten semicolon joins two statements, and the error stands at
   * the second one: both are good. Otherwise reading goes on at the first line that begins a statement PostgreSQL can
   * parse, so that one mistake is one finding.
   */
  #recover(segment: Segment, range: StatementRange, error: ParseError): number {
    this.#work -= range.end - range.start;
    if (error.kind === 'too-deep' || this.#work < 0) {
      this.#report(error, range);
      return segment.to;
    }
    const broken = inspectBroken(this.text, range, segment.open, range.start + error.offset);
    for (const quote of broken.quotes) {
      const next = statementLines(this.text, quote).find(line => this.#readsPast(line, quote.end));
      if (next === undefined) continue;
      const end = lineEnd(this.text, quote.start);
      const { error: quoteError } = this.parser.parse(detached(this.text, { start: range.start, end }));
      this.#report(quoteError ?? error, { start: quote.start, end });
      return next;
    }
    this.#report(error, broken.offending);
    const [joined] = broken.starts;
    if (joined === broken.offending.start && broken.before !== undefined) {
      const { error: firstError } = this.#take({ start: range.start, end: broken.before });
      if (!firstError) return joined;
    }
    return broken.starts.find(start => this.#reads(start)) ?? segment.to;
  }

  /** Whether a statement that can be read begins at an offset. */
  #reads(from: number): Segment | undefined {
    const segment = this.#segment(from);
    this.#work -= segment.to - from;
    const { statement } = segment;
    if (!statement || this.#work < 0) return undefined;
    return this.parser.parse(detached(this.text, statement)).node && segment;
  }

  /** Whether all statements from one offset to beyond another can be read. */
  #readsPast(from: number, until: number): boolean {
    let at = from;
    for (let count = 0; at < until && count < CONVINCING_STATEMENTS; count += 1) {
      const segment = this.#reads(at);
      if (!segment) return false;
      at = segment.to;
    }
    return true;
  }

  #report({ message, kind }: Pick<SyntaxError, 'message' | 'kind'>, { start, end }: StatementRange): void {
    this.#errors.push({ message, at: { file: this.file, start, end }, ...(kind && { kind }) });
  }

  #refuseBinary(from: number): number {
    NOT_TEXT.lastIndex = from;
    const start = NOT_TEXT.exec(this.text)?.index ?? this.#nul;
    this.#report({ message: BINARY, kind: 'not-text' }, { start, end: start + 1 });
    this.#seen = Infinity;
    return this.text.length;
  }

  #reportOpen({ open, statement, comments }: Segment): void {
    const comment = comments.at(-1);
    if (open === 'comment' && comment)
      this.#report({ message: OPEN_COMMENT }, { start: comment.start, end: comment.start + 2 });
    else if (open === 'data' && statement) this.#report({ message: OPEN_DATA, kind: 'open-data' }, statement);
  }
}
