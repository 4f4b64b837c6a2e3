import { movePiece, type Piece } from './piece';

/** What was edited: the range `start`–`oldEnd` of the old text, in a text that is `distance` longer now. */
interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly distance: number;
}

/** The pieces of a file as it was before an edit, for those parts that the edit left alone. */
export class ReusablePieces {
  readonly #change: Change;
  /** The pieces are asked for in order. */
  #next = 0;

  constructor(
    private readonly pieces: readonly Piece[],
    oldText: string,
    newText: string,
  ) {
    this.#change = changeBetween(oldText, newText);
  }

  /** The piece that begins at an offset of the new text, if it reads as it did before. */
  at(from: number): Piece | undefined {
    const { start, oldEnd, distance } = this.#change;
    if (from < start) {
      const piece = this.#find(from);
      return piece && piece.seen <= start ? piece : undefined;
    }
    if (from - distance < oldEnd) return undefined;
    const piece = this.#find(from - distance);
    return piece && movePiece(piece, distance);
  }

  #find(oldOffset: number): Piece | undefined {
    while ((this.pieces[this.#next]?.from ?? Infinity) < oldOffset) this.#next += 1;
    const piece = this.pieces[this.#next];
    return piece?.from === oldOffset ? piece : undefined;
  }
}

function changeBetween(oldText: string, newText: string): Change {
  const shorter = Math.min(oldText.length, newText.length);
  const start = commonLength(shorter, (from, to) => oldText.slice(from, to) === newText.slice(from, to));
  const [oldLength, newLength] = [oldText.length, newText.length];
  const atEnd = commonLength(
    shorter - start,
    (from, to) =>
      oldText.slice(oldLength - to, oldLength - from) === newText.slice(newLength - to, newLength - from),
  );
  return { start, oldEnd: oldLength - atEnd, distance: newLength - oldLength };
}

/** How far two texts are the same, up to a limit, given a comparison of one range of both. */
function commonLength(limit: number, isSame: (from: number, to: number) => boolean): number {
  let known = 0;
  let step = 4_096;
  while (known < limit && step >= 1) {
    const to = Math.min(known + step, limit);
    if (isSame(known, to)) known = to;
    else step = Math.floor(Math.min(step, to - known) / 2);
  }
  return known;
}
