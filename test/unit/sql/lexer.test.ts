import assert from 'node:assert/strict';
import { loadModule, scanSync } from 'libpg-query';
import { tokenize } from '../../../src/sql/lexer';
import { corpus } from '../fuzz/corpus';
import { mutated } from '../fuzz/mutate';
import { Random } from '../fuzz/random';

const words = (text: string): string[] => tokenize(text).map(({ kind, value }) => `${kind}:${value}`);

describe('lexer', () => {
  it('keeps every kind of quote in one piece', () => {
    assert.deepEqual(words(`'it''s' E'a\\'b' $$a;b$$ $x$ $$ $x$ "Q""x" U&"d\\0061t" b'01'`), [
      `string:'it''s'`,
      `string:E'a\\'b'`,
      'string:$$a;b$$',
      'string:$x$ $$ $x$',
      'quoted:Q"x',
      'quoted:dat',
      `string:b'01'`,
    ]);
  });

  it('tells operators, numbers and parameters apart', () => {
    assert.deepEqual(words('a::text||$1->>0.5e3'), [
      'word:a',
      'operator:::',
      'word:text',
      'operator:||',
      'number:$1',
      'operator:->>',
      'number:0.5e3',
    ]);
  });

  it('ends an operator where a comment begins', () => {
    assert.deepEqual(words('a=--b\n/* /* nested */ */c'), [
      'word:a',
      'operator:=',
      'comment:--b',
      'comment:/* /* nested */ */',
      'word:c',
    ]);
  });

  it('ends an open quote at the end of its line', () => {
    assert.deepEqual(words(`select 'abc;\nselect 2`), [
      'word:select',
      `string:'abc;`,
      'word:select',
      'number:2',
    ]);
    assert.deepEqual(words(`"abc\nx`), ['quoted:abc', 'word:x']);
  });

  it('covers text that is no SQL at all without losing a character', () => {
    const text = '🦊 \u0000 §{{x}} \\i a\r\nselect 1';
    const tokens = tokenize(text);
    assert.equal(tokens.at(-1)?.end, text.length);
    assert.ok(
      tokens.every((token, index) => token.start >= (tokens[index - 1]?.end ?? 0) && token.end > token.start),
    );
  });

  it('follows the rules of PostgreSQL for numbers, operators and names', () => {
    assert.deepEqual(words('1..2 1.e5 0x1F 1_000 a=-1 @-1 a$b U&"d\\+000061" -- c\r1 \u00a0x $1 "q'), [
      'number:1',
      'operator:..',
      'number:2',
      'number:1.e5',
      'number:0x1F',
      'number:1_000',
      'word:a',
      'operator:=',
      'operator:-',
      'number:1',
      'operator:@-',
      'number:1',
      'word:a$b',
      'quoted:da',
      'comment:-- c',
      'number:1',
      'word:\u00a0x',
      'number:$1',
      'quoted:q',
    ]);
  });

  it('cuts where PostgreSQL’s own scanner cuts', async function () {
    this.timeout(60_000);
    await loadModule();
    const texts = corpus();
    let compared = 0;
    for (let seed = 1; seed <= 4_000; seed += 1) {
      const text = mutated(texts, new Random(seed)).slice(0, 3_000);
      const tokens = tokenize(text);
      if (tokens.some(({ kind }) => kind === 'psql') || DIFFERENT_BY_INTENT.test(text)) continue;
      const expected = scannedByPostgres(text);
      if (!expected) continue;
      compared += 1;
      const actual = tokens.map(({ start, end }) => text.slice(start, end));
      assert.deepEqual(actual, expected, `seed ${seed}: ${JSON.stringify(text)}`);
    }
    assert.ok(compared > 1_000, String(compared));
  });
});

/**
 * N'' is two tokens to PostgreSQL, strings on two lines are one, and it refuses half characters and NUL.
 */
const DIFFERENT_BY_INTENT = /\0|[nN]'|'\s*[\r\n]\s*'|(?![\ud800-\udbff][\udc00-\udfff])[\ud800-\udfff]/;

/** Undefined for text with a quote that is open, or something else the scanner refuses. */
function scannedByPostgres(text: string): string[] | undefined {
  const bytes = Buffer.from(text);
  try {
    return scanSync(text).tokens.map(({ start, end }) => bytes.subarray(start, end).toString());
  } catch {
    return undefined;
  }
}
