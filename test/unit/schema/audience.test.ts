import assert from 'node:assert/strict';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { Predicate } from '../../../src/schema/predicate';
import { AROUND_DOCS, AUDIENCES_OF } from '../../support/audiences';
import { parseAll } from '../../support/sql';

async function using(predicate: string): Promise<Predicate> {
  const files = await parseAll(
    `${AROUND_DOCS} create policy p on docs for select to authenticated using (${predicate});`,
  );
  assert.deepEqual(files[0]!.errors, [], predicate);
  const model = modelFromStatements(files, { engine: 'v2_shared' });
  const policy = model.tableNamed('docs')!.policies[0]!;
  return policy.using!;
}

describe('who gets a row past a predicate', () => {
  for (const [predicate, audience] of Object.entries(AUDIENCES_OF)) {
    it(`${predicate}: ${audience}`, async () => {
      assert.equal((await using(predicate)).audience, audience);
    });
  }
});

describe('columns of a predicate', () => {
  const uses = async (predicate: string): Promise<string[]> =>
    (await using(predicate)).columns.map(
      ({ column, of, captured }) =>
        `${column} of ${of === undefined ? '?' : of === 'own' ? 'own' : of.relation}${captured ? ', captured' : ''}`,
    );

  it('belong to the innermost query that has the name', async () => {
    assert.deepEqual(
      await uses('exists (select 1 from members m where m.org_id = org_id and m.user_sub = owner_id)'),
      ['org_id of .members', 'org_id of .members, captured', 'user_sub of .members', 'owner_id of own'],
    );
    assert.deepEqual(await uses('exists (select 1 from members m where m.org_id = docs.org_id)'), [
      'org_id of .members',
      'org_id of own',
    ]);
    assert.deepEqual(await uses('org_id in (select org_id from members)'), [
      'org_id of own',
      'org_id of .members, captured',
    ]);
  });

  it('cannot be told where a query reads a table of which the files do not speak', async () => {
    assert.deepEqual(await uses('exists (select 1 from elsewhere where id = org_id)'), [
      'id of ?',
      'org_id of ?',
    ]);
    assert.deepEqual(await uses('exists (select 1 from elsewhere e where e.id = docs.org_id)'), [
      'id of .elsewhere',
      'org_id of own',
    ]);
    assert.deepEqual(
      await uses('exists (with m as (select * from elsewhere) select 1 from m where id = 1)'),
      ['id of ?'],
    );
  });
});

describe('ranges of parts of a predicate', () => {
  for (const [predicate, part] of [
    ['owner_id = auth.uid() and true', 'owner_id = auth.uid()'],
    ['(owner_id) = ((auth.uid())) or flag', '(owner_id) = ((auth.uid()))'],
    ["lower(trim(owner_id)) = 'x' or flag", "lower(trim(owner_id)) = 'x'"],
    ['auth.uid() is not null or flag', 'auth.uid() is not null'],
    ['exists (select 1 from members where (true)) or flag', 'exists (select 1 from members where (true))'],
  ] as const) {
    it(part, async () => {
      const read = await using(predicate);
      const { start, end } = read.spanOf(read.atoms[0]!.node);
      assert.equal(read.statement.textOf({ ...read.at, start, end }), part);
    });
  }
});
