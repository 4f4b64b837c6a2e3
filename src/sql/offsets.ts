/**
 * Turns offsets of a text's UTF-8 form, which PostgreSQL's parser counts in, into UTF-16 offsets. Text without a
 * character beyond ASCII has the same in both.
 */
export class ByteOffsets {
  /** UTF-16 and byte offset after each character beyond ASCII, in order. */
  readonly #units: number[] = [];
  readonly #bytes: number[] = [];

  constructor(text: string) {
    let extra = 0;
    BEYOND_ASCII.lastIndex = 0;
    for (let match = BEYOND_ASCII.exec(text); match; match = BEYOND_ASCII.exec(text)) {
      const [character] = match;
      const code = character.codePointAt(0) ?? 0;
      extra += (code < 0x800 ? 2 : code < 0x10000 ? 3 : 4) - character.length;
      this.#units.push(BEYOND_ASCII.lastIndex);
      this.#bytes.push(BEYOND_ASCII.lastIndex + extra);
    }
  }

  utf16(byteOffset: number): number {
    const index = lastAtMost(this.#bytes, byteOffset);
    const units = index === -1 ? 0 : (this.#units[index] ?? 0);
    const bytes = index === -1 ? 0 : (this.#bytes[index] ?? 0);
    // An offset inside of a character is the one after it.
    return Math.min(units + byteOffset - bytes, this.#units[index + 1] ?? Infinity);
  }
}
const BEYOND_ASCII = /[^\0-\x7f]/gu;

/** Turns an offset in characters (code points), which PostgreSQL's errors count in, into a UTF-16 offset. */
export function utf16OffsetOfCharacter(text: string, characterOffset: number): number {
  let offset = 0;
  for (const character of text) {
    if (characterOffset <= 0) break;
    characterOffset -= 1;
    offset += character.length;
  }
  return offset;
}

/** 1-based line and column (UTF-16 units) of the offsets of one text; nothing is counted before somebody asks. */
export class LineIndex {
  #starts: number[] | undefined;

  constructor(private readonly text: string) {}

  at(offset: number): { line: number; column: number } {
    this.#starts ??= lineStarts(this.text);
    const line = lastAtMost(this.#starts, offset);
    return { line: line + 1, column: offset - (this.#starts[line] ?? 0) + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last of ascending numbers that is not above a limit; -1 when all are. */
export function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = -1;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
