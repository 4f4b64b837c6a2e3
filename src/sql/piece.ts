import type { Token } from './lexer';
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

/** The same piece of a text in which something before it was changed. */
export function movePiece(piece: Piece, distance: number): Piece {
  if (distance === 0) return piece;
  return {
    from: piece.from + distance,
    to: piece.to + distance,
    seen: piece.seen + distance,
    statements: piece.statements.map(statement => statement.movedBy(distance)),
    errors: piece.errors.map(error => ({ ...error, at: moved(error.at, distance) })),
    comments: piece.comments.map(comment => moved(comment, distance)),
  };
}

function moved<T extends { start: number; end: number }>(range: T, distance: number): T {
  return { ...range, start: range.start + distance, end: range.end + distance };
}
