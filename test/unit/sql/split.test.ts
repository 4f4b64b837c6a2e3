import assert from 'node:assert/strict';
import { splitStatements } from '../../../src/sql/split';

const parts = (text: string): string[] =>
  splitStatements(text).map(({ start, end }) => text.slice(start, end));

describe('statement splitting', () => {
  it('cuts at semicolons outside of quotes and comments', () => {
    assert.deepEqual(parts(`select ';' ; -- a;b\n/* ; */ select $$;$$;\n\n;select 3`), [
      `select ';'`,
      'select $$;$$',
      'select 3',
    ]);
  });

  it('keeps BEGIN ATOMIC bodies and CREATE RULE actions together', () => {
    const atomic =
      'create function f() returns int language sql begin atomic select 1; select case when true then 1 end; end';
    assert.deepEqual(parts(`${atomic}; select 2`), [atomic, 'select 2']);
    const rule = 'create or replace rule r as on insert to t do (select 1; select 2)';
    assert.deepEqual(parts(`${rule}; select 3`), [rule, 'select 3']);
  });

  it('lets an open parenthesis end with its statement', () => {
    assert.deepEqual(parts('create table t (a int; select 1;'), ['create table t (a int', 'select 1']);
  });

  it('sets psql commands apart and skips COPY data', () => {
    assert.deepEqual(parts("\\i other.sql\nselect 1;\ncopy t from stdin;\n1\tit's;\n\\.\nselect 2;"), [
      '\\i other.sql',
      'select 1',
      'copy t from stdin',
      'select 2',
    ]);
  });

  it('knows where the semicolon ends, and that the last one may be missing', () => {
    const [first, second] = splitStatements('select 1 ;select 2');
    assert.equal(first?.terminatedAt, 10);
    assert.equal(second?.terminatedAt, undefined);
  });
});
