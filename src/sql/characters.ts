import type { TokenKind } from './lexer';

export const DOLLAR = 36;
export const AMPERSAND = 38;
export const QUOTE = 39;
export const OPEN_PARENTHESIS = 40;
export const CLOSE_PARENTHESIS = 41;
export const STAR = 42;
export const DASH = 45;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const SEMICOLON = 59;
export const EQUALS = 61;
const ZERO = 48;
const BACKSLASH = 92;
const UNDERSCORE = 95;

/** What a token can be by its first character (scan.l); above ASCII everything is a letter to PostgreSQL. */
export const KIND_BY_FIRST: readonly (TokenKind | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) return 'word';
  if (/\d/.test(character)) return 'number';
  if (/[-~!@#^&|`?+*/%<>=]/.test(character)) return 'operator';
  return ({ "'": 'string', '"': 'quoted', '\\': 'psql' } as const)[character];
});

/** Characters that go on a word. */
const WORD_CHARACTERS = new Uint8Array(128);
for (let code = 0; code < 128; code += 1)
  WORD_CHARACTERS[code] = /[A-Za-z0-9_$]/.test(String.fromCharCode(code)) ? 1 : 0;

/** Blanks of PostgreSQL's scanner: no-break spaces and byte order marks are not among them. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function wordEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 128 || WORD_CHARACTERS[code] === 1; code = text.charCodeAt(at))
    at += 1;
  return at;
}

/** Whether the text from `start` to `end` is a word, which is given in lower case and has ASCII letters only. */
export function isWordAt(text: string, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i += 1) {
    if ((text.charCodeAt(start + i) | 32) !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** Line comments and psql commands end before the line break, and a carriage return by itself is one. */
export function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at += 1;
  return at;
}

/** Offset after the quote that closes one opened before `from`; a doubled quote does not. -1 when none does. */
export function quoteEnd(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 2)) {
    if (text.charAt(at + 1) !== quote) return at + 1;
  }
  return -1;
}

/** As {@link quoteEnd} for an E'' string, in which a backslash takes the next character along. */
export function escapeStringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) {
      if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
      at += 1;
    }
  }
  return -1;
}

/** Offset after `$$` or `$tag$`; -1 when there is none. */
export function dollarTagEnd(text: string, from: number): number {
  DOLLAR_TAG.lastIndex = from;
  return DOLLAR_TAG.test(text) ? DOLLAR_TAG.lastIndex : -1;
}
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;

/** Offset after the number that begins with a digit or a dot; `1..10` is two numbers and a `..`. */
export function numberEnd(text: string, from: number): number {
  const radix =
    text.charCodeAt(from) === ZERO ? DIGITS_OF_RADIX[text.charAt(from + 1).toLowerCase()] : undefined;
  if (radix) {
    const end = digitsEnd(text, from + 2, radix);
    if (end > from + 2) return end;
  }
  let at = digitsEnd(text, from);
  if (text.charCodeAt(at) === DOT && text.charCodeAt(at + 1) !== DOT) at = digitsEnd(text, at + 1);
  if (text.charAt(at).toLowerCase() !== 'e') return at;
  const sign = text.charAt(at + 1);
  const exponent = at + (sign === '+' || sign === '-' ? 2 : 1);
  return isDigit(text.charCodeAt(exponent)) ? digitsEnd(text, exponent) : at;
}
const DIGITS_OF_RADIX: Readonly<Record<string, (code: number) => boolean>> = {
  x: code => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102),
  o: code => code >= 48 && code <= 55,
  b: code => code === 48 || code === 49,
};

/** Offset after the digits of `$1`. */
export function parameterEnd(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

/** Digits, with single underscores between them. */
function digitsEnd(text: string, from: number, isOne = isDigit): number {
  let at = from;
  for (;;) {
    if (isOne(text.charCodeAt(at))) at += 1;
    else if (text.charCodeAt(at) === UNDERSCORE && isOne(text.charCodeAt(at + 1))) at += 2;
    else return at;
  }
}

/**
 * Offset after the operator that begins at `from`. It ends where a comment begins, and loses a sign at its end unless it
 * has a character that no SQL operator has: `a=-1` is `=` and `-`, `@-` is one operator.
 */
export function operatorEnd(text: string, from: number): number {
  let end = from + 1;
  while (KIND_BY_FIRST[text.charCodeAt(end)] === 'operator' && !isCommentStart(text, end)) end += 1;
  if (end - from === 1 || UNUSUAL_OPERATOR.test(text.slice(from, end))) return end;
  while (end - from > 1 && /[-+]/.test(text.charAt(end - 1))) end -= 1;
  return end;
}
const UNUSUAL_OPERATOR = /[~!@#^&|`?%]/;

function isCommentStart(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  const code = text.charCodeAt(at);
  return (code === DASH && next === DASH) || (code === SLASH && next === STAR);
}

/** A part of a text that does not keep the whole in memory, here every version of a file that is edited. */
export function detached(text: string, { start, end }: { start: number; end: number }): string {
  return ` ${text.slice(start, end)}`.slice(1);
}
