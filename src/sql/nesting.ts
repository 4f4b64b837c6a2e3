import { Scanner } from './lexer';

/** A text this short has no tree that is too deep. */
const SHORT = 600;

/** More levels of a parse tree than SQL has that is written by hand or by a tool. */
const MOST_LEVELS = 2_000;

/** More blocks than functions have; each nests into the last in the worst case. */
const MOST_BLOCKS = 500;

/**
 * Whether the parse tree of a text may be too deep to go through by recursion, as PostgreSQL's compiled parser and the
 * readers of its trees do: a parser that ran out of stack has lost its memory for good. Judged by the tokens, on the
 * safe side.
 */
export function isTooDeep(sql: string): boolean {
  if (sql.length < SHORT) return false;
  const scanner = new Scanner(sql);
  const levels = new NestingLevels();
  while (scanner.next()) {
    levels.read(scanner);
    if (levels.depth > MOST_LEVELS) return true;
  }
  return false;
}

/** Whether that is so of a function's PL/pgSQL, or of the SQL in it. */
export function isBodyTooDeep(createFunction: string): boolean {
  if (createFunction.length < SHORT) return false;
  if ((createFunction.match(/\bend\b/gi)?.length ?? 0) > MOST_BLOCKS) return true;
  const scanner = new Scanner(createFunction);
  while (scanner.next()) {
    if (scanner.kind !== 'string') continue;
    const body = createFunction.slice(scanner.start, scanner.end).replace(/^\$\w*\$|^\w*'|\$\w*\$$|'$/g, '');
    if (isTooDeep(body)) return true;
  }
  return false;
}

/** Length of `intersect`, the longest word that matters. */
const LONGEST_WORD = 9;

/** Adds up how far expressions can nest: one level a token in a chain of operators, some for each opening word. */
class NestingLevels {
  /** Depth of all levels around the innermost one. */
  #around = 0;
  #level = new Level('');
  readonly #outer: Level[] = [];
  #isAfterOperator = false;

  get depth(): number {
    return this.#around + this.#level.depth;
  }

  read(scanner: Scanner): void {
    const { kind, text, start, end } = scanner;
    if (kind === 'comment') return;
    if (kind === 'punctuation') {
      this.#readSign(text.charAt(start));
      return;
    }
    // A sign before an operand is a node of its own, with one for the operator around it.
    this.#level.chain += kind === 'operator' && this.#isAfterOperator ? 2 : 1;
    this.#isAfterOperator = kind === 'operator';
    if (kind === 'word' && end - start <= LONGEST_WORD) this.#readWord(text.slice(start, end).toLowerCase());
  }

  #readSign(sign: string): void {
    if (sign === '(' || sign === '[') this.#open(sign);
    else if (sign === ')' || sign === ']') this.#closeParenthesis();
    else if (sign === ',' || sign === ';') this.#level.startChain();
    // The parts of a name are one list.
    else if (sign === '.') this.#level.chain -= 1;
  }

  #readWord(word: string): void {
    const level = this.#level;
    switch (word) {
      case 'and':
      case 'or':
      case 'when':
      case 'then':
      case 'else':
        level.startChain();
        break;
      case 'join':
      case 'union':
      case 'intersect':
      case 'except':
        // Each takes all before it as its left side, whatever conditions stand between.
        level.lasting += word === 'join' ? 2 : 1;
        level.startChain();
        break;
      case 'not':
      case 'isnull':
      case 'notnull':
        level.chain += 2;
        break;
      case 'case':
        this.#open('case');
        break;
      case 'end':
        if (level.by === 'case') this.#close();
        break;
      default:
    }
  }

  #open(by: string): void {
    this.#outer.push(this.#level);
    this.#around += this.#level.depth;
    this.#level = new Level(by);
  }

  /** A CASE without END ends with the parenthesis around it. */
  #closeParenthesis(): void {
    while (this.#level.by === 'case' && this.#outer.length > 0) this.#close();
    if (this.#level.by !== '') this.#close();
  }

  #close(): void {
    const closed = this.#level;
    this.#level = this.#outer.pop() ?? new Level('');
    this.#around -= this.#level.depth;
    this.#level.inner = Math.max(this.#level.inner, closed.depth);
  }
}

/** An open parenthesis, bracket or CASE, or the statement itself. */
class Level {
  chain = 0;
  lasting = 0;
  /** Depth of the deepest part that was closed in the same chain. */
  inner = 0;

  constructor(readonly by: string) {}

  get depth(): number {
    return 4 + this.chain + this.lasting + this.inner;
  }

  startChain(): void {
    this.chain = 0;
    this.inner = 0;
  }
}
