/** Controls, and the marks that turn text around: what could write over a terminal or show another text than is there. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/gu;
/** Three parts of base64url, the first a JSON object: a token that a server sent back in its answer. */
const TOKEN = /\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g;
/** Characters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;

/** A text of others on one line, with what cannot be seen made visible. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(INVISIBLE, mark => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** A text without the tokens that answers may quote. */
export function withoutTokens(text: string): string {
  return text.replace(TOKEN, '[token]');
}

/** Pads with blanks to a width in columns of a terminal. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function widthOf(text: string): number {
  return [...new Intl.Segmenter().segment(text)].length + (text.match(WIDE)?.length ?? 0);
}

/** `1 row`, `2 rows`. */
export function plural(count: number, name: string): string {
  return `${count} ${count === 1 ? name : `${name}s`}`;
}

/** Seconds as a person reads them, `3.1 s`. */
export function inSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
}
