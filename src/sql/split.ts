import { tokenize, type Token } from './lexer';

/** A statement's place in its text and its tokens, comments left out. */
export interface StatementSpan {
  /** Offset of its first token. */
  readonly start: number;
  /** Offset after its last token, before the semicolon. */
  readonly end: number;
  /** Offset after the semicolon; undefined when there is none. */
  readonly terminatedAt?: number;
  readonly tokens: readonly Token[];
}

/**
 * Cuts a file into statements as `psql` does: at semicolons outside of quotes, BEGIN ATOMIC bodies and the
 * parentheses of CREATE RULE. psql commands stand alone, and the data after COPY … FROM stdin is no SQL.
 * Comments belong to no statement; `onComment` takes them.
 */
export function splitStatements(text: string, onComment?: (comment: Token) => void): StatementSpan[] {
  const spans: StatementSpan[] = [];
  let tokens: Token[] = [];
  let body = new BodyTracker();
  let dataUntil = 0;

  const close = (terminatedAt?: number): void => {
    const first = tokens[0];
    const last = tokens.at(-1);
    if (first && last) {
      spans.push({
        start: first.start,
        end: last.end,
        tokens,
        ...(terminatedAt !== undefined && { terminatedAt }),
      });
      if (terminatedAt !== undefined && copiesFromStdin(tokens))
        dataUntil = endOfCopyData(text, terminatedAt);
    }
    tokens = [];
    body = new BodyTracker();
  };

  for (const token of tokenize(text)) {
    if (token.start < dataUntil) continue;
    if (token.kind === 'comment') onComment?.(token);
    else if (token.kind === 'psql') {
      close();
      tokens = [token];
      close();
    } else if (token.value === ';' && token.kind === 'punctuation' && !body.isOpen) close(token.end);
    else {
      tokens.push(token);
      body.read(tokens);
    }
  }
  close();
  return spans;
}

/** Follows the two bodies in which a semicolon does not end the statement. */
class BodyTracker {
  #atomicDepth = 0;
  #ruleParentheses = 0;

  get isOpen(): boolean {
    return this.#atomicDepth > 0 || this.#ruleParentheses > 0;
  }

  /** Takes the newest of `tokens` into account. */
  read(tokens: readonly Token[]): void {
    const token = tokens.at(-1);
    if (token?.kind === 'word') {
      const word = token.value;
      if (this.#atomicDepth > 0) {
        if (word === 'case') this.#atomicDepth += 1;
        else if (word === 'end') this.#atomicDepth -= 1;
      } else if (word === 'atomic' && tokens.at(-2)?.value === 'begin' && isWord(tokens[0], 'create')) {
        this.#atomicDepth = 1;
      }
    } else if (token?.kind === 'punctuation' && isCreateRule(tokens)) {
      if (token.value === '(') this.#ruleParentheses += 1;
      else if (token.value === ')') this.#ruleParentheses -= 1;
    }
  }
}

function isCreateRule(tokens: readonly Token[]): boolean {
  const rule = isWord(tokens[1], 'or') ? tokens[3] : tokens[1];
  return isWord(tokens[0], 'create') && isWord(rule, 'rule');
}

function copiesFromStdin(tokens: readonly Token[]): boolean {
  return (
    isWord(tokens[0], 'copy') &&
    tokens.some((token, index) => isWord(token, 'stdin') && isWord(tokens[index - 1], 'from'))
  );
}

function endOfCopyData(text: string, from: number): number {
  const end = /^\\\.\s*$/m.exec(text.slice(from));
  return end ? from + end.index + end[0].length : text.length;
}

function isWord(token: Token | undefined, value: string): boolean {
  return token?.kind === 'word' && token.value === value;
}
