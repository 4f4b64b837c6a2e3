import type { Pieces } from './piece';

/** What was edited: the range `start`–`oldEnd` of the old text, in a text that is `distance` longer now. */
interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly distance: number;
}

/** The pieces of a file as it was before an edit, for those parts that the edit left alone. */
export class ReusablePieces {
  readonly #change: Change;

  constructor(
    private readonly older: Pieces,
    oldText: string,
    newText: string,
  ) {
    this.#change = changeBetween(oldText, newText);
  }

  /** Adds the pieces that read as they did before, from an offset of the new text on; false when there is none. */
  addTo(pieces: Pieces, from: number): boolean {
    const { older } = this;
    const { start, oldEnd, distance } = this.#change;
    const isBefore = from < start;
    if (!isBefore && from - distance < oldEnd) return false;
    const first = older.indexOf(isBefore ? from : from - distance);
    if (first === -1) return false;
    let end = older.length;
    if (isBefore) {
      end = first;
      while ((older.seen[end] ?? Infinity) <= start) end += 1;
    }
    if (end === first) return false;
    pieces.addMoved(older, first, end, isBefore ? 0 : distance);
    return true;
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
