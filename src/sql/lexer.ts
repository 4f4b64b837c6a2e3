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

// One sticky alternative per token, in PostgreSQL's own order of precedence (scan.l).
const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const PSQL_COMMAND = /\\[^\n]*/y;
const ESCAPE_STRING = /[eE]'(?:[^'\\]|''|\\[\s\S])*'/y;
const STRING = /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'/y;
const QUOTED = /(?:[uU]&)?"(?:[^"]|"")*"/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?|\$\d+/y;
const OPERATOR = /::|:=|=>|\.\.|[+\-*/<>=~!@#%^&|`?]+/y;
const REST_OF_LINE = /[^\n]*/y;

/**
 * Splits text into tokens; never throws. A quote that is not closed ends at the end of its line, so that one being
 * typed does not swallow the statements below it.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const length = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const add = (kind: TokenKind, size: number): void => {
    const raw = text.slice(at, at + size);
    tokens.push({ kind, start: at, end: at + size, value: valueOf(kind, raw) });
    at += size;
  };

  while (at < text.length) {
    let size = length(SPACE);
    if (size > 0) {
      at += size;
      continue;
    }
    const character = text.charAt(at);
    if (character === '-' && (size = length(LINE_COMMENT)) > 0) add('comment', size);
    else if (character === '/' && text.charAt(at + 1) === '*') add('comment', blockCommentLength(text, at));
    else if (character === '\\') add('psql', length(PSQL_COMMAND));
    else if ((size = length(ESCAPE_STRING) || length(STRING)) > 0) add('string', size);
    else if ((size = length(QUOTED)) > 0) add('quoted', size);
    else if (character === '$' && (size = dollarStringLength(text, at, length(DOLLAR_TAG))) > 0)
      add('string', size);
    else if ((size = length(WORD)) > 0) add('word', size);
    else if ((size = length(NUMBER)) > 0) add('number', size);
    else if (character === "'" || character === '"')
      add(character === '"' ? 'quoted' : 'string', length(REST_OF_LINE));
    else if ((size = operatorLength(text, at, length(OPERATOR))) > 0) add('operator', size);
    else add('punctuation', 1);
  }
  return tokens;
}

function valueOf(kind: TokenKind, raw: string): string {
  if (kind === 'word') return raw.toLowerCase();
  if (kind === 'quoted') return raw.replace(/^"|"$/g, '').replaceAll('""', '"');
  return raw;
}

/** An operator ends where a comment begins: `a=--b` is `a =` and a comment. */
function operatorLength(text: string, at: number, size: number): number {
  const comment = /--|\/\*/.exec(text.slice(at, at + size + 1));
  return comment ? Math.min(size, comment.index) : size;
}

function dollarStringLength(text: string, at: number, tagLength: number): number {
  if (tagLength === 0) return 0;
  const close = text.indexOf(text.slice(at, at + tagLength), at + tagLength);
  return close === -1 ? tagLength : close + tagLength - at;
}

/** Block comments nest. One that is not closed reaches to the end, as in PostgreSQL. */
function blockCommentLength(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(text); match; match = mark.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex - start;
  }
  return text.length - start;
}
