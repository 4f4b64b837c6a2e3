import type { Span, Statement } from '../sql/source-file';

/**
 * Range of an expression's text. The parser gives where each part starts; the end is where the last part's words,
 * calls and parentheses close.
 */
export function spanOfNode(statement: Statement, node: unknown): Span | undefined {
  const locations: number[] = [];
  collect(node, locations);
  const indexes = locations.map(location => statement.tokenIndexAt(location)).filter(index => index >= 0);
  if (indexes.length === 0) return undefined;
  const last = Math.max(...indexes);
  const first = startOf(statement, Math.min(...indexes), last);
  return statement.tokenSpan(first, endOf(statement, first, last));
}

/** Parentheses have no location: those that close inside are looked for before the first word. */
function startOf({ tokens }: Statement, first: number, last: number): number {
  let start = first;
  let depth = 0;
  for (let index = first; index <= last; index += 1) {
    depth += nesting(tokens[index]);
    if (depth < 0 && tokens[start - 1]?.value === '(') {
      start -= 1;
      depth = 0;
    }
  }
  return start;
}

function nesting(token: Statement['tokens'][number] | undefined): number {
  if (token?.kind !== 'punctuation') return 0;
  return '([{'.includes(token.value) ? 1 : ')]}'.includes(token.value) ? -1 : 0;
}

function collect(tree: unknown, locations: number[]): void {
  if (typeof tree !== 'object' || tree === null) return;
  for (const [key, value] of Object.entries(tree)) {
    // The parser leaves a location of 0 out, and marks an unknown one with -1.
    if ((key === 'location' || key === 'name_location') && typeof value === 'number') {
      if (value >= 0) locations.push(value);
    } else collect(value, locations);
  }
}

const TEST_WORDS: ReadonlySet<string> = new Set(['not', 'null', 'true', 'false', 'unknown']);

function endOf({ tokens }: Statement, first: number, last: number): number {
  let end = last;
  let depth = 0;
  for (let index = first; index <= end; index += 1) depth += nesting(tokens[index]);
  for (;;) {
    const next = tokens[end + 1];
    if (!next) return end;
    const startsCall = next.value === '(' && next.kind === 'punctuation' && isName(tokens[end]);
    const joinsName = next.value === '.' || tokens[end]?.value === '.';
    const endsTest = next.kind === 'word' && TEST_WORDS.has(next.value) && isTest(tokens[end]?.value);
    if (depth <= 0 && !startsCall && !joinsName && !endsTest) return end;
    end += 1;
    depth += nesting(tokens[end]);
  }
}

function isName(token: Statement['tokens'][number] | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'quoted';
}

function isTest(word: string | undefined): boolean {
  return word === 'is' || word === 'not';
}
