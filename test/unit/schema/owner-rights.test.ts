import assert from 'node:assert/strict';
import { ENGINES } from '../../../src/flux/engine';
import { modelFromStatements } from '../../../src/schema/from-statements';
import { ownerGets } from '../../../src/schema/owner-rights';
import { parseAll } from '../../support/sql';

const TABLE = 'create table notes (owner_id text); alter table notes enable row level security;';
const OWN = 'using (owner_id = auth.uid());';

/** What the owner gets on v1 and on v2. */
async function gets(sql: string): Promise<string> {
  const files = await parseAll(sql);
  return ENGINES.map(engine => {
    const model = modelFromStatements(files, { engine });
    return ownerGets(model, model.tableNamed('notes')!, 'select') ?? '?';
  }).join(', ');
}

describe('what the owner of a table gets of it', () => {
  for (const [sql, expected] of [
    [`${TABLE} create policy p on notes to authenticated ${OWN}`, 'everything, nothing'],
    [TABLE, 'everything, nothing'],
    [`${TABLE} create policy p on notes ${OWN}`, 'everything, public-policies'],
    [`${TABLE} create policy p on notes for select to public ${OWN}`, 'everything, public-policies'],
    [`${TABLE} create policy p on notes for delete ${OWN}`, 'everything, nothing'],
    [`${TABLE} create policy p on notes as restrictive ${OWN}`, 'everything, nothing'],
    [`${TABLE} comment on table notes is 'flux:no-force-rls: read by a function';`, 'everything, everything'],
    ['create table notes (owner_id text);', '?, ?'],
    [`create policy p on notes to authenticated ${OWN}`, 'everything, ?'],
    [
      'create table notes (id int) partition by range (id); alter table notes enable row level security;',
      'everything, everything',
    ],
  ] as const) {
    it(`${expected}: ${sql}`, async () => {
      assert.equal(await gets(sql), expected);
    });
  }
});
