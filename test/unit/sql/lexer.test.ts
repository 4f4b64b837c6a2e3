import assert from 'node:assert/strict';
import { tokenize } from '../../../src/sql/lexer';

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
});
