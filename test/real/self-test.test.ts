import assert from 'node:assert/strict';
import type { Defect } from '../../src/checklist/defect';
import { defectsOf } from '../../src/checklist/defects';
import { selfTest, type SelfTestReport } from '../../src/checklist/self-test';
import { selfTestJson, selfTestMarkdown, selfTestText } from '../../src/checklist/self-test-report';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { localStage } from '../../src/stack/self-test-stage';
import { countRows, realFetch, realNow } from '../support/checklist';
import { modelOf, planOfModel } from '../support/checklist-proof';
import { GUIDE_SQL } from '../support/guide-sql';
import { localFlux, pushAlone, selectSql, TEST_SCHEMA } from '../support/local-flux';

const GUIDE = { name: 'guide', about: 'the guide’s table', sql: GUIDE_SQL };

async function testGuide(
  engine: Engine,
  choose: (defects: readonly Defect[]) => readonly Defect[] = all => all,
  signal?: AbortSignal,
): Promise<SelfTestReport> {
  const flux = await localFlux(engine);
  await pushAlone(flux, GUIDE_SQL);
  const model = await modelOf(flux, GUIDE);
  const plan = planOfModel(model, GUIDE);
  return selfTest({
    gatewayUrl: flux.url,
    schema: flux.schema,
    secret: flux.jwtSecret,
    engine,
    plan,
    defects: choose(defectsOf(model, plan)),
    stage: await localStage(flux),
    fetch: realFetch,
    now: realNow,
    ...(signal && { signal }),
  });
}

for (const engine of ENGINES) {
  describe(`the self-test on ${engine}`, function () {
    this.timeout(120_000);

    it('catches every defect of the guide’s table, and every check catches one', async () => {
      const report = await testGuide(engine);
      assert.deepEqual(report.uncaught, []);
      assert.deepEqual(report.withoutEffect, []);
      assert.deepEqual(report.silent, []);
      for (const { defect, missedBy, alsoCaughtBy, untold, problem } of report.defects) {
        assert.deepEqual({ missedBy, alsoCaughtBy, untold, problem }, NOTHING, defect.id);
      }
      assert.ok(report.defects.length >= 20);
      assert.match(selfTestText(report), /^(\d+) of \1 planted defects caught, 0 not, 0 without effect/m);
      const flux = await localFlux(engine);
      assert.equal(await countRows(flux), 0);
      const policies = await selectSql(
        flux,
        `select policyname from pg_policies where schemaname = '${TEST_SCHEMA}' and qual = 'true'`,
      );
      assert.deepEqual(policies, [], 'the schema is as it was pushed');
    });

    it('reports what nothing catches, what cannot be planted, and checks that catch nothing', async () => {
      const harmless: Defect = {
        id: 'notes: nothing at all',
        title: 'nothing at all',
        table: 'notes',
        verb: 'read',
        plant: 'select 1',
        effect: 'opens',
        expectedBy: ['cross-read'],
      };
      const impossible: Defect = { ...harmless, id: 'notes: no such table', plant: 'drop table not_there' };
      const report = await testGuide(engine, () => [harmless, impossible]);
      assert.deepEqual(
        report.uncaught.map(({ id }) => id),
        [harmless.id],
      );
      assert.deepEqual(report.defects[0]?.missedBy, ['cross-read']);
      assert.match(report.defects[1]?.problem ?? '', /"not_there" does not exist/);
      assert.ok(report.silent.includes('cross-read') && !report.silent.includes('signed-out'));
      const json = JSON.parse(selfTestJson(report)) as { version: number; uncaught: string[] };
      assert.deepEqual([json.version, json.uncaught], [1, [harmless.id]]);
      for (const text of [selfTestText(report), selfTestMarkdown(report)]) {
        assert.match(text, /Caught by nothing/);
        assert.match(text, /Checks that noticed no defect/);
        assert.match(text, /Not planted/);
      }
    });

    it('stops when it is cancelled, and says so', async () => {
      const abort = new AbortController();
      abort.abort();
      const report = await testGuide(engine, all => all, abort.signal);
      assert.equal(report.cancelled, true);
      assert.deepEqual(report.defects, []);
      assert.match(selfTestText(report), /Cancelled\./);
    });
  });
}

const NOTHING = { missedBy: [], alsoCaughtBy: [], untold: [], problem: '' };
