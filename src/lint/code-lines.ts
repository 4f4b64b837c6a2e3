import { tokenize } from '../sql/lexer';

/**
 * The lines of a file as a suppression counts them: a line break inside a string, a function body or a block comment
 * ends none, because no comment can be put there.
 */
export class CodeLines {
  readonly #starts: number[] = [0];
  /** Indexes of the lines that hold more than comments. */
  readonly #code = new Set<number>();

  constructor(private readonly text: string) {
    let end = 0;
    for (const token of tokenize(text)) {
      this.#breaks(end, token.start);
      if (token.kind !== 'comment') this.#code.add(this.#starts.length - 1);
      end = token.end;
    }
    this.#breaks(end, text.length);
  }

  /** Index of the line that an offset is on. */
  at(offset: number): number {
    return this.#starts.findLastIndex(start => start <= offset);
  }

  /** Offset of a line's first character; past the last line it is the end of the text. */
  start(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** The first line after `line` that holds code; the last line where none does. */
  nextWithCode(line: number): number {
    const last = this.#starts.length - 1;
    let next = line + 1;
    while (next < last && !this.#code.has(next)) next += 1;
    return Math.min(next, last);
  }

  #breaks(from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      if (this.text.charAt(at) === '\n') this.#starts.push(at + 1);
    }
  }
}
