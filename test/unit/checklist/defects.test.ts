import assert from 'node:assert/strict';
import { defectsOf } from '../../../src/checklist/defects';
import { planChecklist } from '../../../src/checklist/plan';
import { modelFromStatements } from '../../../src/schema/from-statements';
import { parseAll } from '../../support/sql';

const NOTES = `create table notes (id uuid primary key, owner_id text not null default auth.uid());
alter table notes enable row level security;
create policy p on notes to authenticated using (owner_id = auth.uid());`;

/** The defects that can be planted, and the checks that each is expected to be noticed by. */
async function defectsIn(sql: string): Promise<Map<string, readonly string[]>> {
  const model = modelFromStatements(await parseAll(sql), {
    engine: 'v2_shared',
    apiSchema: 't_1a2b3c4d5e6f_api',
  });
  const defects = defectsOf(model, planChecklist(model));
  return new Map(defects.map(({ title, expectedBy }) => [title, expectedBy]));
}

describe('the defects of a table', () => {
  it('take a DEFAULT away where rows are inserted, and not where none can be', async () => {
    const inserted = await defectsIn(`${NOTES} grant select, insert on notes to authenticated;`);
    assert.deepEqual(inserted.get('no DEFAULT of owner_id'), ['insert-without-owner']);
    const read = await defectsIn(`${NOTES} grant select on notes to authenticated;`);
    assert.ok(read.size > 0);
    assert.equal(read.get('no DEFAULT of owner_id'), undefined);
  });

  it('do not have an INSERT noticed that is refused with and without them', async () => {
    const title = 'no GRANT of SELECT';
    const inserted = await defectsIn(`${NOTES} grant select, insert on notes to authenticated;`);
    assert.ok(inserted.get(title)?.includes('insert-without-owner'));
    const read = await defectsIn(`${NOTES} grant select on notes to authenticated;`);
    assert.ok(read.has(title));
    assert.ok(!read.get(title)?.includes('insert-without-owner'));
  });
});
