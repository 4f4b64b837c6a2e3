import { BodyTracker } from './body-tracker';
import { Scanner } from './lexer';
import type { Segment, StatementRange } from './split';

/** What a statement that cannot be read shows to somebody who wants to go on reading; offsets are the file's. */
export interface BrokenStatement {
  /** The token the error stands at, or the last one. */
  readonly offending: StatementRange;
  /** Offset after the token before that one; undefined when there is none. */
  readonly before: number | undefined;
  /**
   * Words that begin a line and perhaps a statement; the first few. They are looked for from the error on, and in all
   * of a body whose end is what is missing.
   */
  readonly starts: readonly number[];
  /** Quotes of several lines that begin at the error or before; the first few. */
  readonly quotes: readonly StatementRange[];
}

/** As many starts of a statement are tried after an error. */
const ATTEMPTS = 8;

const STATEMENT_WORD =
  /(?:alter|analyze|begin|comment|commit|copy|create|delete|do|drop|grant|insert|reset|revoke|rollback|select|set|truncate|update|with)\b/iy;

/** Looks through the statement of a segment whose error stands at an offset of the file. */
export function inspectBroken(
  text: string,
  { start, end }: StatementRange,
  open: Segment['open'],
  errorAt: number,
): BrokenStatement {
  const scanner = new Scanner(text.slice(start, end));
  const body = new BodyTracker();
  const starts: number[] = [];
  const quotes: StatementRange[] = [];
  let offending: StatementRange | undefined;
  let before: number | undefined;
  let last: StatementRange | undefined;
  while (!(offending && starts.length === ATTEMPTS) && scanner.next()) {
    if (scanner.kind === 'comment') continue;
    const token = { start: start + scanner.start, end: start + scanner.end };
    if (!offending && isQuoteOfLines(scanner) && quotes.length < ATTEMPTS) quotes.push(token);
    if (!offending && errorAt < token.end) {
      offending = token;
      before = last?.end;
    }
    const isAfter = offending !== undefined || (open === 'body' && errorAt >= end);
    // The lines of a body that has its end are no statements of the file.
    const isOutside = !body.isOpen || open === 'body';
    if (isAfter && isOutside && last && scanner.kind === 'word' && startsStatement(text, token.start))
      if (starts.length < ATTEMPTS) starts.push(token.start);
    body.read(scanner);
    last = token;
  }
  return { offending: offending ?? last ?? { start, end }, before, starts, quotes };
}

/** Offsets of the lines of a range that begin with a statement's first word; the first few. */
export function statementLines(text: string, { start, end }: StatementRange): number[] {
  const lines: number[] = [];
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    let word = at + 1;
    while (isBlank(text.charCodeAt(word))) word += 1;
    if (startsStatement(text, word) && lines.push(word) === ATTEMPTS) break;
  }
  return lines;
}

function isQuoteOfLines({ kind, text, start, end }: Scanner): boolean {
  return (kind === 'string' || kind === 'quoted') && text.slice(start, end).includes('\n');
}

function startsStatement(text: string, at: number): boolean {
  let before = at - 1;
  while (isBlank(text.charCodeAt(before))) before -= 1;
  if (!/[\r\n]/.test(text.charAt(before))) return false;
  STATEMENT_WORD.lastIndex = at;
  return STATEMENT_WORD.test(text);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
