import assert from 'node:assert/strict';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { SchemaModel } from '../../../src/schema/model';
import { parseAll } from '../../support/sql';

async function model(sql: string, apiSchema?: string): Promise<SchemaModel> {
  return modelFromStatements(await parseAll(sql), { engine: 'v2_shared', apiSchema });
}

describe('the schema of a push', () => {
  it('is the settings’, else the first one the files name', async () => {
    const two = 'create table t_1a2b3c4d5e6f_api.a (); create table t_0f9e8d7c6b5a_api.b ();';
    assert.equal((await model(two)).ownSchema, 't_1a2b3c4d5e6f_api');
    assert.equal((await model(two)).apiSchema, undefined);
    assert.equal((await model(two, 'api')).ownSchema, 'api');
    assert.equal((await model('create table a ();')).ownSchema, undefined);
  });

  it('is no sample where the settings name it', async () => {
    const sample = await model('create table t_5ecfa3ab72d1_api.a ();');
    assert.equal(sample.isSampleName('t_5ecfa3ab72d1_api'), true);
    assert.equal(sample.isSampleName('t_1a2b3c4d5e6f_api'), false);
    const own = await model('create table a ();', 't_5ecfa3ab72d1_api');
    assert.equal(own.isSampleName('t_5ecfa3ab72d1_api'), false);
    assert.equal(own.isSampleName('t_5ecfa3ab72d1_role'), false);
    assert.equal(own.isSampleName('t_abc123_api'), true);
  });

  it('keeps what CREATE TABLE IF NOT EXISTS could not add', async () => {
    const { history } = await model(
      'create table a (id int, x int); alter table a rename x to y; create table if not exists a (id int, x int, "Z" int);',
    );
    const kept = history.flatMap(entry => (entry.kind === 'table-kept' ? entry.lacking : []));
    assert.deepEqual(
      kept.map(({ name }) => name),
      ['x', 'Z'],
    );
  });
});
