import type { Token } from './lexer';
import { lastAtMost } from './offsets';
import type { Span, Statement } from './statement';

/** A statement that cannot be read. */
export interface SyntaxError {
  readonly message: string;
  readonly at: Span;
  /** Set where it is not PostgreSQL's parser that refuses the text. */
  readonly kind?: 'not-text' | 'too-deep' | 'open-data';
}

/**
 * What was read from a stretch of a file. It depends on nothing but the text from where it begins up to `seen`, so
 * that it can stay when other parts of the file change.
 */
export interface Piece {
  readonly from: number;
  /** Where the next piece begins. */
  readonly to: number;
  /** Infinity when more text at the end of the file could change the piece. */
  readonly seen: number;
  readonly statements: readonly Statement[];
  readonly errors: readonly SyntaxError[];
  readonly comments: readonly Token[];
}

/** Pieces in a row. Lists of numbers and lists of what was found are copied faster than one object a piece. */
export class Pieces {
  readonly from: number[] = [];
  readonly seen: number[] = [];
  readonly statements: Statement[] = [];
  readonly errors: SyntaxError[] = [];
  readonly comments: Token[] = [];
  /** Where the next piece begins. */
  to = 0;

  get length(): number {
    return this.from.length;
  }

  /** Index of the piece that begins at an offset; -1 when none does. */
  indexOf(from: number): number {
    const index = lastAtMost(this.from, from);
    return this.from[index] === from ? index : -1;
  }

  add({ from, to, seen, statements, errors, comments }: Piece): void {
    this.to = to;
    this.from.push(from);
    this.seen.push(seen);
    for (const statement of statements) this.statements.push(statement);
    for (const error of errors) this.errors.push(error);
    for (const comment of comments) this.comments.push(comment);
  }

  /** Adds pieces of an older text, from one index up to another, that stand so much further down now. */
  addMoved(older: Pieces, first: number, end: number, distance: number): void {
    for (let index = first; index < end; index += 1) {
      this.from.push((older.from[index] ?? 0) + distance);
      this.seen.push((older.seen[index] ?? 0) + distance);
    }
    const start = older.from[first] ?? Infinity;
    const to = older.from[end] ?? older.to;
    this.to = to + distance;
    for (const item of between(older.statements, ({ at }) => at.start, start, to))
      this.statements.push(item.movedBy(distance));
    for (const item of between(older.errors, ({ at }) => at.start, start, to))
      this.errors.push({ ...item, at: moved(item.at, distance) });
    for (const item of between(older.comments, comment => comment.start, start, to))
      this.comments.push(moved(item, distance));
  }
}

function moved<T extends { start: number; end: number }>(range: T, distance: number): T {
  return { ...range, start: range.start + distance, end: range.end + distance };
}

/** The items that begin in a range of the text, in whose order they are. */
function between<T>(items: readonly T[], startOf: (item: T) => number, start: number, to: number): T[] {
  const indexFrom = (offset: number): number => {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startOf(items[middle] as T) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return items.slice(indexFrom(start), indexFrom(to));
}
