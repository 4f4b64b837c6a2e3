import type { Token } from './lexer';
import { LineIndex } from './offsets';
import type { SqlParser } from './parser';
import { Pieces, type SyntaxError } from './piece';
import { PieceReader } from './piece-reader';
import { ReusablePieces } from './reuse';
import type { Statement } from './statement';

export type { SyntaxError } from './piece';
export { Statement, type Span } from './statement';

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

/**
 * Parses a file. A statement that cannot be read becomes an error and leaves the others as they are. Given the file as
 * it was before an edit, only what the edit touched is read again; the other statements keep their parse trees.
 */
export function parseSource(
  parser: SqlParser,
  name: string,
  text: string,
  previous?: SourceFile,
): SourceFile {
  const reading = readPieces(parser, name, text, previous);
  let step = reading.next();
  while (!step.done) step = reading.next();
  return step.value;
}

/** How a file is parsed while others want to go on. */
export interface SliceOptions {
  readonly previous?: SourceFile | undefined;
  /** Stops the parsing; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which others get their turn; a single statement is never interrupted. */
  readonly budget?: number;
}

/** Parses a file as {@link parseSource} does, in slices of time, so that a large one freezes nothing. */
export async function parseSourceInSlices(
  parser: SqlParser,
  name: string,
  text: string,
  { previous, signal, budget = 10 }: SliceOptions = {},
): Promise<SourceFile> {
  signal?.throwIfAborted();
  const reading = readPieces(parser, name, text, previous);
  let pause = performance.now() + budget;
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
    if (performance.now() < pause) continue;
    await new Promise(resolve => setImmediate(resolve));
    signal?.throwIfAborted();
    pause = performance.now() + budget;
  }
}

/** A file that knows its pieces, for the next version of it. */
class ParsedFile implements SourceFile {
  readonly lines: LineIndex;
  readonly statements: readonly Statement[];
  readonly errors: readonly SyntaxError[];
  readonly comments: readonly Token[];

  constructor(
    readonly name: string,
    readonly text: string,
    readonly pieces: Pieces,
  ) {
    this.lines = new LineIndex(text);
    ({ statements: this.statements, errors: this.errors, comments: this.comments } = pieces);
  }
}

/** Stops after each step; what did not change is one. */
function* readPieces(
  parser: SqlParser,
  name: string,
  text: string,
  previous: SourceFile | undefined,
): Generator<undefined, SourceFile> {
  const known = previous instanceof ParsedFile && previous.name === name ? previous : undefined;
  if (known?.text === text) return known;
  const reusable = known && new ReusablePieces(known.pieces, known.text, text);
  const reader = new PieceReader(parser, name, text);
  const pieces = new Pieces();
  // PostgreSQL's own tools skip a byte order mark at the beginning of a file.
  let from = text.startsWith('\ufeff') ? 1 : 0;
  while (from < text.length) {
    if (!reusable?.addTo(pieces, from)) pieces.add(reader.read(from));
    from = pieces.to;
    yield;
  }
  return new ParsedFile(name, text, pieces);
}
