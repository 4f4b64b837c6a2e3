import assert from 'node:assert/strict';
import { isAlwaysTrue, truthOf, type Truth, type TruthAssumptions } from '../../../src/schema/truth';
import { parseAll } from '../../support/sql';

async function truth(expression: string, assume: TruthAssumptions = {}): Promise<Truth> {
  const [file] = await parseAll(`select 1 from t where ${expression}`);
  const node = file!.statements[0]!.node;
  const where = 'SelectStmt' in node ? node.SelectStmt.whereClause : undefined;
  return truthOf(where, assume);
}

async function judge(expression: string, assume: TruthAssumptions = {}): Promise<string> {
  const { canBeTrue, canBeFalse, canBeNull } = await truth(expression, assume);
  return [canBeTrue && 'true', canBeFalse && 'false', canBeNull && 'null'].filter(Boolean).join('|');
}

describe('truth of a predicate', () => {
  const ALL = 'true|false|null';
  const cases: [expression: string, values: string][] = [
    ['true', 'true'],
    ['false', 'false'],
    ['null', 'null'],
    ["'t'::boolean", 'true'],
    ["'off'::bool", 'false'],
    ['1 = 1', 'true'],
    ['0 = 0', 'true'],
    ['1 = 2', 'false'],
    ['1 <> 1', 'false'],
    ["'a' = 'a'", 'true'],
    // Equal spellings are equal values; unequal ones may still be.
    ["'a' = 'b'", ALL],
    ['x = x', 'true|null'],
    ['x <> x', 'false|null'],
    ['t.x = x', ALL],
    ['x = y', ALL],
    ['x is not distinct from x', 'true'],
    ['x = null', 'null'],
    ['not true', 'false'],
    ['not (x = x)', 'false|null'],
    ['x = y or true', 'true'],
    ['x = y and true', ALL],
    ['x = y and false', 'false'],
    ['true or null', 'true'],
    ['null or false', 'null'],
    ['x is null or x is not null', 'true'],
    ['x is null or y is not null', 'true|false'],
    ['exists (select 1)', 'true'],
    ['exists (select 1 from u)', 'true|false'],
    ['exists (select 1 limit 0)', 'true|false'],
    ['(select true)', 'true'],
    ['(select true from u)', ALL],
    ['case when x then true else true end', 'true'],
    ['case when x then true end', 'true|null'],
    ['coalesce(x = y, true)', 'true|false'],
    ['coalesce(null, true)', 'true'],
    ['auth.uid() is not null', 'true|false'],
    ['f(x)', ALL],
    ['(x = y) is true', 'true|false'],
    ['(x = null) is not true', 'true'],
    ['(x = null) is unknown', 'true'],
    ['(x = x) is not false', 'true'],
    ['true is false', 'false'],
    ['exists (select count(*) from u where false)', 'true'],
    ['exists (select count(*) from u group by a)', 'true|false'],
  ];
  for (const [expression, values] of cases) {
    it(`${expression} → ${values}`, async () => {
      assert.equal(await judge(expression), values);
    });
  }

  it('knows what a missing subject makes of a comparison', async () => {
    assert.equal(await judge('owner_id = auth.uid()', { subject: 'absent' }), 'null');
    assert.equal(await judge('owner_id = (select auth.uid())', { subject: 'absent' }), 'null');
    assert.equal(await judge('auth.uid() is null', { subject: 'absent' }), 'true');
    assert.equal(await judge('auth.uid() is not null', { subject: 'present' }), 'true');
    assert.equal(
      await judge('owner_id is not distinct from auth.uid()', { subject: 'absent' }),
      'true|false',
    );
    assert.equal(await judge('owner_id = auth.uid() or public', { subject: 'absent' }), 'true|null');
  });

  it('calls what is NULL for other reasons than a column of the row not always true', async () => {
    const isAlways = async (expression: string): Promise<boolean> => isAlwaysTrue(await truth(expression));
    for (const always of [
      'true',
      'x = x',
      'x = x and true',
      'not (x <> x)',
      'case when y then x = x else true end',
    ])
      assert.equal(await isAlways(always), true, always);
    for (const not of ['case when y = z then true end', 'x = y', 'x = x and y', 'null', 'nullif(true, y)'])
      assert.equal(await isAlways(not), false, not);
  });

  it('uses NOT NULL where the table has it', async () => {
    const notNull = (column: string): boolean => column === 'id';
    assert.equal(await judge('id is not null', { notNull }), 'true');
    assert.equal(await judge('id = id', { notNull }), 'true');
    assert.equal(await judge('x is not null', { notNull }), 'true|false');
    assert.equal(await judge('exists (select 1 from u where id is null)', { notNull }), 'true|false');
  });

  it('takes a column for itself under the name of its table', async () => {
    assert.equal(await judge('t.x = x', { table: 't' }), 'true|null');
    assert.equal(await judge('t.x = x', { table: 'u' }), 'true|false|null');
    assert.equal(await judge('exists (select 1 from u t where t.x <> x)', { table: 't' }), 'true|false');
  });
});
