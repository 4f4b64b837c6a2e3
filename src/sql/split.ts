import { BodyTracker } from './body-tracker';
import { detached, SEMICOLON } from './characters';
import { Scanner, type Token } from './lexer';

/** A statement's place in its text. */
export interface StatementRange {
  /** Offset of its first token. */
  readonly start: number;
  /** Offset after its last token, before the semicolon. */
  readonly end: number;
  /** Offset after the semicolon; undefined when there is none. */
  readonly terminatedAt?: number | undefined;
}

/** A stretch of a file that is read by itself: at most one statement, and what stands before it. */
export interface Segment {
  /** Offset where the next segment begins. */
  readonly to: number;
  /** Offset up to which the text decides the segment; Infinity when that is the end of the text. */
  readonly seen: number;
  readonly statement?: StatementRange | undefined;
  readonly comments: readonly Token[];
  /** What is closed nowhere: the last comment, the data of a COPY … FROM stdin, or the statement's body. */
  readonly open?: 'comment' | 'data' | 'body' | undefined;
}

/** Comments between two statements that are one segment. */
const MOST_COMMENTS = 1_000;

/** All statements of a text. */
export function splitStatements(text: string): StatementRange[] {
  const scanner = new Scanner(text);
  const statements: StatementRange[] = [];
  for (let from = 0; from < text.length;) {
    const { to, statement } = nextSegment(scanner, from);
    if (statement) statements.push(statement);
    from = to;
  }
  return statements;
}

/**
 * Cuts a file as `psql` does: at semicolons outside of quotes, BEGIN ATOMIC bodies and the parentheses of CREATE RULE.
 * psql commands stand alone, and the data after COPY … FROM stdin is no SQL.
 */
export function nextSegment(scanner: Scanner, from: number): Segment {
  const { text } = scanner;
  const comments: Token[] = [];
  const body = new BodyTracker();
  let start = -1;
  let end = -1;
  let to = text.length;
  let terminatedAt: number | undefined;
  let copies = false;

  scanner.moveTo(from);
  while (scanner.next()) {
    if (scanner.kind === 'comment') {
      comments.push({ ...scanner.token(), value: detached(text, scanner) });
      if (start !== -1 || comments.length < MOST_COMMENTS) continue;
      to = scanner.end;
      break;
    } else if (scanner.kind === 'psql') {
      to = scanner.start;
      if (start !== -1) break;
      ({ start, end } = scanner);
      to = end;
      copies = COPY_COMMAND.test(text.slice(start, end));
      break;
    } else if (scanner.isSign(SEMICOLON) && !body.isOpen) {
      if (start === -1) continue;
      to = terminatedAt = scanner.end;
      copies = body.copiesFromStdin;
      break;
    } else {
      if (start === -1) start = scanner.start;
      end = scanner.end;
      body.read(scanner);
    }
  }

  const dataEnd = copies ? copyDataEnd(text, to) : to;
  const isOpenComment = scanner.open === 'comment';
  const open = isOpenComment ? 'comment' : dataEnd === -1 ? 'data' : body.isOpen ? 'body' : undefined;
  to = dataEnd === -1 ? text.length : dataEnd;
  return {
    to,
    // Every cut is decided by the character after it at the latest, unless something was left open.
    seen: scanner.open === undefined ? to + 1 : Infinity,
    comments,
    statement: start === -1 ? undefined : { start, end, terminatedAt },
    open,
  };
}

/** psql's own COPY takes its data from the lines below as well. */
const COPY_COMMAND = /^\\copy\b.*\bfrom\s+stdin\b/i;

/** Offset after the line `\.` that ends COPY data; -1 when there is data and no such line. */
function copyDataEnd(text: string, from: number): number {
  for (let at = text.indexOf('\n\\.', from); at !== -1; at = text.indexOf('\n\\.', at + 1)) {
    const rest = /[ \t]*\r?(?=\n|$)/y;
    rest.lastIndex = at + 3;
    if (rest.test(text)) return rest.lastIndex;
  }
  return text.slice(from).trim() === '' ? text.length : -1;
}
