import { CLOSE_PARENTHESIS, DOT, OPEN_PARENTHESIS } from './characters';
import type { Scanner } from './lexer';

/** Follows a statement's tokens through the two bodies in which a semicolon does not end it, and spots COPY … FROM stdin. */
export class BodyTracker {
  #index = -1;
  #first: 'create' | 'copy' | undefined;
  #isOrReplace = false;
  #isRule = false;
  #atomicDepth = 0;
  #ruleParentheses = 0;
  /** What the token before says about this one; `name` makes any word a name: `t.end`, `1 as case`. */
  #before: 'begin' | 'from' | 'name' | undefined;
  #copiesFromStdin = false;

  get isOpen(): boolean {
    return this.#atomicDepth > 0 || this.#ruleParentheses > 0;
  }

  get copiesFromStdin(): boolean {
    return this.#copiesFromStdin;
  }

  /** Takes the token that the scanner found last into account. */
  read(scanner: Scanner): void {
    this.#index += 1;
    if (this.#index === 0) {
      if (scanner.isWord('create')) this.#first = 'create';
      else if (scanner.isWord('copy')) this.#first = 'copy';
      return;
    }
    if (this.#first === undefined) return;
    const before = this.#before;
    this.#before = undefined;
    if (scanner.kind === 'word') this.#readWord(scanner, before);
    else if (scanner.isSign(DOT)) this.#before = 'name';
    else if (this.#isRule) {
      if (scanner.isSign(OPEN_PARENTHESIS)) this.#ruleParentheses += 1;
      else if (scanner.isSign(CLOSE_PARENTHESIS)) this.#ruleParentheses -= 1;
    }
  }

  #readWord(scanner: Scanner, before: 'begin' | 'from' | 'name' | undefined): void {
    if (this.#first === 'copy') {
      if (before === 'from' && scanner.isWord('stdin')) this.#copiesFromStdin = true;
      else if (scanner.isWord('from')) this.#before = 'from';
    } else if (before === 'name') return;
    else if (scanner.isWord('as')) this.#before = 'name';
    else if (this.#atomicDepth > 0) {
      if (scanner.isWord('case')) this.#atomicDepth += 1;
      else if (scanner.isWord('end')) this.#atomicDepth -= 1;
    } else if (scanner.isWord('begin')) this.#before = 'begin';
    else if (before === 'begin' && scanner.isWord('atomic')) this.#atomicDepth = 1;
    else if (this.#index === 1 && scanner.isWord('or')) this.#isOrReplace = true;
    else if (this.#index === (this.#isOrReplace ? 3 : 1) && scanner.isWord('rule')) this.#isRule = true;
  }
}
