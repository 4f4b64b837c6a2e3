import assert from 'node:assert/strict';
import { SqlParser } from '../../../src/sql/parser';

/** One more level each time, in every way SQL has. */
const NESTED: Readonly<Record<string, (levels: number) => string>> = {
  parentheses: n => `select ${'('.repeat(n)}1${')'.repeat(n)}`,
  operators: n => `select ${'a + '.repeat(n)}a`,
  'names of two parts': n => `select ${'a.b || '.repeat(n)}a`,
  signs: n => `select ${'- '.repeat(n)}a`,
  not: n => `select ${'not '.repeat(n)}a`,
  isnull: n => `select a${' isnull'.repeat(n)}`,
  'is null': n => `select a${' is null'.repeat(n)}`,
  casts: n => `select 1${'::int'.repeat(n)}`,
  collations: n => `select a${' collate c'.repeat(n)}`,
  functions: n => `select ${'f('.repeat(n)}a${')'.repeat(n)}`,
  arrays: n => `select ${'array['.repeat(n)}1${']'.repeat(n)}`,
  rows: n => `select ${'(1, '.repeat(n)}1${')'.repeat(n)}`,
  'or in parentheses': n => `select ${'(a or '.repeat(n)}a${')'.repeat(n)}`,
  fields: n => `select ${'('.repeat(n)}a${').b'.repeat(n)}`,
  'in lists': n => `select ${'a in ('.repeat(n)}1${')'.repeat(n)}`,
  case: n => `select ${'case when a then '.repeat(n)}1${' end'.repeat(n)}`,
  subqueries: n => `select ${'(select '.repeat(n)}1${')'.repeat(n)}`,
  exists: n => `select ${'exists (select 1 where '.repeat(n)}true${')'.repeat(n)}`,
  from: n => `select * from ${'(select * from '.repeat(n)}t${') s'.repeat(n)}`,
  with: n => `${'with a as ('.repeat(n)}select 1${') select 1'.repeat(n)}`,
  unions: n => `select 1${' union select a from t where b and c'.repeat(n)}`,
  'unions in parentheses': n => `${'('.repeat(n)}select 1${' union select 1)'.repeat(n)}`,
  joins: n => `select from t${' join t on a and b'.repeat(n)}`,
  'joins in parentheses': n => `select from ${'(t join '.repeat(n)}t${' on true)'.repeat(n)}`,
};

/** Levels of objects and lists, counted without recursion. */
function depthOf(tree: object): number {
  let depth = 0;
  for (let level: object[] = [tree]; level.length > 0; depth += 1)
    level = level.flatMap(part => Object.values(part) as unknown[]).filter(isObject);
  return depth;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

describe('statements nested out of all reason', () => {
  let parser: SqlParser;

  before(async () => {
    parser = await SqlParser.load();
  });

  for (const [name, nested] of Object.entries(NESTED)) {
    it(`give a tree that can be walked, or an error: ${name}`, () => {
      const depths = [10, 100, 300, 1_000, 3_000, 10_000, 100_000].map(levels => {
        const { node, error } = parser.parse(nested(levels));
        if (!error) return depthOf(node);
        assert.equal(error.kind, 'too-deep', error.message);
        return Infinity;
      });
      assert.ok(
        depths.every(depth => depth === Infinity || depth < 2_500),
        depths.join(),
      );
      assert.ok(depths[1]! < Infinity, 'a hundred levels can be judged');
      assert.equal(depths.at(-1), Infinity);
    });
  }

  it('leave wide ones alone', () => {
    const wide = [
      `create table t (${Array.from({ length: 10_000 }, (_, index) => `c${index} int not null default 1 + ${index}`).join()})`,
      `select ${'a = 1 or '.repeat(10_000)}a is null`,
      `select ${'not a and b <> f(c) and '.repeat(10_000)}a`,
      `select a in (${'f(1) + 2, '.repeat(10_000)}3)`,
      `insert into t values ${"(1, 'a', now()), ".repeat(10_000)}(1, 'b', null)`,
      `select case ${'when a = 1 then b '.repeat(5_000)} else c end`,
      `select ${"f(a, 'x') || b.c || ".repeat(300)}''`,
      `insert into t ${"select 1, 'a' union all ".repeat(1_500)} select 2, 'b'`,
    ];
    for (const sql of wide) assert.equal(parser.parse(sql).error, undefined, sql.slice(0, 80));
  });

  it('leave the parser as it was', () => {
    const statement = 'select owner_id = (select auth.uid()) from notes';
    const { node } = parser.parse(statement);
    for (const nested of Object.values(NESTED)) {
      for (let round = 0; round < 40; round += 1) parser.parse(nested(20_000 + round));
    }
    assert.deepEqual(parser.parseAll(statement), [node]);
  });

  it('are refused in bodies, too', () => {
    const body = (source: string): unknown =>
      parser.parsePlpgsql(`create function f() returns void language plpgsql as $$ begin ${source} end $$`);
    assert.notEqual(body('perform 1;'), undefined);
    for (let round = 0; round < 40; round += 1) {
      assert.equal(body(`perform ${'a + '.repeat(20_000 + round)}1;`), undefined);
      assert.equal(body(`${'if a then '.repeat(3_000)}null;${' end if;'.repeat(3_000)}`), undefined);
      assert.equal(parser.parseAll(`select ${'a + '.repeat(20_000 + round)}1`), undefined);
    }
    assert.notEqual(body('perform 2;'), undefined);
  });
});
