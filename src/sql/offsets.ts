/** Turns byte offsets of a text's UTF-8 form, which PostgreSQL's parser counts in, into UTF-16 offsets. */
export function utf16Offset(text: string, byteOffset: number): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (bytes >= byteOffset) return i;
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
      // A surrogate pair is one character of four bytes.
      bytes += 4;
      i += 1;
    } else bytes += 3;
  }
  return text.length;
}

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

/** 1-based line and column (UTF-16 units) of the offsets of one text. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}
