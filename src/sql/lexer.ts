import {
  AMPERSAND,
  COLON,
  DASH,
  DOLLAR,
  dollarTagEnd,
  DOT,
  EQUALS,
  escapeStringEnd,
  isDigit,
  isSpace,
  isWordAt,
  KIND_BY_FIRST,
  lineEnd,
  numberEnd,
  operatorEnd,
  parameterEnd,
  QUOTE,
  quoteEnd,
  SLASH,
  STAR,
  wordEnd,
} from './characters';

/** What a token is; `string` covers every quoting of a constant, dollar bodies included. */
export type TokenKind =
  'word' | 'quoted' | 'string' | 'number' | 'operator' | 'punctuation' | 'comment' | 'psql';

/** A piece of SQL text; offsets are UTF-16 code units of the text that was scanned. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Lower-cased for `word`, unquoted for `quoted`, as written otherwise. */
  readonly value: string;
}

/** All tokens of a text, comments included; `offset` is where the text stands in its file. */
export function tokenize(text: string, offset = 0): Token[] {
  const scanner = new Scanner(text);
  const tokens: Token[] = [];
  while (scanner.next()) tokens.push(scanner.token(offset));
  return tokens;
}

/**
 * Goes through a text token by token as PostgreSQL's scanner does (scan.l), and makes no object on the way; never
 * throws. A quote that is not closed ends at the end of its line, so that one being typed does not swallow the
 * statements below it.
 */
export class Scanner {
  kind: TokenKind = 'punctuation';
  start = 0;
  end = 0;
  /** What was last found open since {@link moveTo}: nothing in the rest of the text closes it. */
  open: 'quote' | 'comment' | undefined;
  #lastTags: ReadonlyMap<string, number> | undefined;

  constructor(readonly text: string) {}

  /** Goes on at an offset; it has to be one where a token may begin. */
  moveTo(offset: number): void {
    this.end = offset;
    this.open = undefined;
  }

  /** Finds the next token; false at the end of the text. */
  next(): boolean {
    const { text } = this;
    let at = this.end;
    let code = text.charCodeAt(at);
    while (isSpace(code)) code = text.charCodeAt(++at);
    this.start = at;
    if (at >= text.length) {
      this.end = at;
      return false;
    }
    const kind = code < 128 ? KIND_BY_FIRST[code] : 'word';
    switch (kind) {
      case 'word':
        if (!this.#takePrefixed(at)) this.#take('word', wordEnd(text, at + 1));
        break;
      case 'string':
        this.#takeQuoted('string', at, quoteEnd(text, at + 1, "'"));
        break;
      case 'quoted':
        this.#takeQuoted('quoted', at, quoteEnd(text, at + 1, '"'));
        break;
      case 'number':
        this.#take('number', numberEnd(text, at));
        break;
      case 'operator':
        if (code === DASH && text.charCodeAt(at + 1) === DASH) this.#take('comment', lineEnd(text, at));
        else if (code === SLASH && text.charCodeAt(at + 1) === STAR) this.#takeBlockComment(at);
        else this.#take('operator', operatorEnd(text, at));
        break;
      case 'psql':
        this.#take('psql', lineEnd(text, at));
        break;
      default:
        this.#takeSign(at, code);
    }
    return true;
  }

  /** The token found last. */
  token(offset = 0): Token {
    const { kind, start, end } = this;
    return {
      kind,
      start: start + offset,
      end: end + offset,
      value: valueOf(kind, this.text.slice(start, end)),
    };
  }

  /** Whether the token found last is a word, given in lower case. */
  isWord(word: string): boolean {
    return this.kind === 'word' && isWordAt(this.text, this.start, this.end, word);
  }

  /** Whether the token found last is a single sign. */
  isSign(code: number): boolean {
    return this.kind === 'punctuation' && this.text.charCodeAt(this.start) === code;
  }

  #take(kind: TokenKind, end: number): void {
    this.kind = kind;
    this.end = end;
  }

  #takeQuoted(kind: TokenKind, start: number, end: number): void {
    if (end === -1) this.open = 'quote';
    this.#take(kind, end === -1 ? lineEnd(this.text, start) : end);
  }

  /** Takes a string or name whose first quote has letters before it: E'', B'', X'', N'', U&'' or U&"". */
  #takePrefixed(at: number): boolean {
    const { text } = this;
    const next = text.charCodeAt(at + 1);
    if (next !== QUOTE && next !== AMPERSAND) return false;
    const prefix = text.charAt(at).toLowerCase();
    if (next === QUOTE) {
      if (prefix === 'e') this.#takeQuoted('string', at, escapeStringEnd(text, at + 2));
      else if (prefix === 'n') this.#takeQuoted('string', at, quoteEnd(text, at + 2, "'"));
      // A bit string ends at the first quote, doubled or not.
      else if (prefix === 'b' || prefix === 'x')
        this.#takeQuoted('string', at, text.indexOf("'", at + 2) + 1 || -1);
      else return false;
      return true;
    }
    const quote = text.charAt(at + 2);
    if (prefix !== 'u' || (quote !== "'" && quote !== '"')) return false;
    this.#takeQuoted(quote === '"' ? 'quoted' : 'string', at, quoteEnd(text, at + 3, quote));
    return true;
  }

  /** A parameter, a dollar-quoted string, a number such as `.5`, or a sign by itself. */
  #takeSign(at: number, code: number): void {
    const { text } = this;
    const next = text.charCodeAt(at + 1);
    if (code === DOLLAR) {
      if (isDigit(next)) this.#take('number', parameterEnd(text, at + 1));
      else this.#takeDollarString(at);
    } else if (code === DOT && isDigit(next)) this.#take('number', numberEnd(text, at));
    else if ((code === DOT && next === DOT) || (code === COLON && (next === COLON || next === EQUALS)))
      this.#take('operator', at + 2);
    else this.#take('punctuation', at + 1);
  }

  #takeDollarString(at: number): void {
    const bodyStart = dollarTagEnd(this.text, at);
    if (bodyStart === -1) {
      this.#take('punctuation', at + 1);
      return;
    }
    const tag = this.text.slice(at, bodyStart);
    const close = this.#closingTag(tag, bodyStart);
    if (close === -1) this.open = 'quote';
    this.#take('string', close === -1 ? bodyStart : close + tag.length);
  }

  /** Once a tag is not closed, the last place of each is known: a text full of them is not searched for every one. */
  #closingTag(tag: string, from: number): number {
    if (this.#lastTags && (this.#lastTags.get(tag) ?? -1) < from) return -1;
    const close = this.text.indexOf(tag, from);
    if (close === -1) this.#lastTags ??= new Map(Array.from(this.text.matchAll(DOLLAR_TAGS), lastPlace));
    return close;
  }

  /** Block comments nest. One that is not closed reaches to the end, as in PostgreSQL. */
  #takeBlockComment(start: number): void {
    BLOCK_MARKS.lastIndex = start;
    let depth = 0;
    for (let mark = BLOCK_MARKS.exec(this.text); mark; mark = BLOCK_MARKS.exec(this.text)) {
      depth += mark[0] === '/*' ? 1 : -1;
      if (depth > 0) continue;
      this.#take('comment', BLOCK_MARKS.lastIndex);
      return;
    }
    this.open = 'comment';
    this.#take('comment', this.text.length);
  }
}

const BLOCK_MARKS = /\/\*|\*\//g;
/** Tags may overlap: the text `$a$b$` has two. */
const DOLLAR_TAGS = /\$(?=([A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$)/g;

function lastPlace({ 1: name = '', index }: RegExpExecArray): [tag: string, index: number] {
  return [`$${name}$`, index];
}

function valueOf(kind: TokenKind, raw: string): string {
  if (kind === 'word') return raw.toLowerCase();
  if (kind !== 'quoted') return raw;
  const name = raw.slice(raw.indexOf('"') + 1, raw.endsWith('"') ? -1 : undefined).replaceAll('""', '"');
  return raw.startsWith('"') ? name : withUnicodeEscapes(name);
}

/** U&"d\0061t\+000061" with the usual escape character; UESCAPE is a word of its own and not looked at. */
function withUnicodeEscapes(name: string): string {
  return name.replace(/\\(?:\\|([\da-fA-F]{4})|\+([\da-fA-F]{6}))/g, (_, four?: string, six?: string) => {
    const code = parseInt(four ?? six ?? '5c', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
