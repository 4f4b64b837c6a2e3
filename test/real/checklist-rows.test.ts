import assert from 'node:assert/strict';
import { GatewayClient } from '../../src/checklist/gateway-client';
import { planFromOpenApi } from '../../src/checklist/plan';
import type { ChecklistReport } from '../../src/checklist/verdict';
import { ENGINES } from '../../src/flux/engine';
import { countRows, planOf, realFetch, realNow, runOn, verdicts } from '../support/checklist';
import { GUIDE_SQL } from '../support/guide-sql';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';

/** Every check passes, and every row that was made is gone. */
function assertRight({ results, rows }: ChecklistReport): void {
  const told = results.filter(({ verdict }) => verdict !== 'pass');
  assert.deepEqual(
    told.map(({ check, verdict, message }) => `${check} ${verdict}: ${message}`),
    [],
  );
  assert.deepEqual(rows.left, []);
  assert.equal(rows.created, rows.removed);
}

const owned = (columns: string, before = ''): string => `${before}
  create table notes (owner_id text not null, ${columns});
  alter table notes enable row level security;
  create policy own on notes to authenticated using (owner_id = (select auth.uid()));
  grant select, insert, update, delete on notes to authenticated;`;

for (const engine of ENGINES) {
  describe(`the checklist's rows on ${engine}`, () => {
    it('are made from the OpenAPI document where no SQL is there', async () => {
      const flux = await localFlux(engine);
      const sql = owned(
        'id serial primary key, mood mood not null, n int not null',
        "create type mood as enum ('good', 'bad');",
      );
      await runSql(flux, `drop type if exists ${TEST_SCHEMA}.mood cascade`);
      await pushAlone(flux, sql);
      const client = new GatewayClient({
        gatewayUrl: flux.url,
        schema: flux.schema,
        secret: flux.jwtSecret,
        fetch: realFetch,
        now: realNow,
      });
      const plan = planFromOpenApi(await client.openApi('ann'), 'notes', 'owner_id');
      assert.ok(plan);
      assertRight(await runOn(flux, plan));
      assert.equal(await countRows(flux), 0);
    });

    it('are not guessed where they cannot be made', async () => {
      const flux = await localFlux(engine);
      const sql = owned(
        'id serial primary key, list_id int not null references lists (id)',
        'create table lists (id int primary key); alter table lists enable row level security; create policy p on lists to authenticated using (id > 0); grant select on lists to authenticated;',
      );
      await pushAlone(flux, sql);
      const report = await runOn(flux, await planOf(flux, sql));
      assert.equal(verdicts(report)['own-rows-only'], 'unknown row-not-made');
      assert.match(
        report.results.find(({ check }) => check === 'own-rows-only')?.message ?? '',
        /list_id has to be given, and no row of lists can be seen to point at/,
      );
      assert.equal(report.rows.created, 0);
    });

    it('tell a forged owner that the database replaces from one that stands', async () => {
      const flux = await localFlux(engine);
      await pushAlone(
        flux,
        `${GUIDE_SQL} create function own_it() returns trigger language plpgsql as $$ begin new.owner_id := auth.uid(); return new; end $$;
         create trigger own_it before insert on notes for each row execute function own_it();`,
      );
      const report = await runOn(flux, await planOf(flux, GUIDE_SQL));
      assertRight(report);
      const forged = report.results.find(({ check }) => check === 'forged-insert');
      assert.match(forged?.message ?? '', /replaces a forged owner/);
      assert.equal(await countRows(flux), 0);
    });

    it('are not made where nothing tells them from rows of the same owner', async () => {
      const flux = await localFlux(engine);
      const sql = owned('n int not null');
      await pushAlone(flux, sql);
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id, n) values ('ann', 1), ('bob', 2)`);
      const report = await runOn(flux, await planOf(flux, sql));
      assert.equal(verdicts(report)['delete-own'], 'unknown row-not-made');
      assert.equal(report.rows.created, 0);
      assert.equal(await countRows(flux), 2);
    });

    it('are told by their text in a table without a key', async () => {
      const flux = await localFlux(engine);
      const sql = owned('body text not null');
      await pushAlone(flux, sql);
      await runSql(
        flux,
        `insert into ${TEST_SCHEMA}.notes (owner_id, body) values ('ann', 'a'), ('bob', 'b')`,
      );
      assertRight(await runOn(flux, await planOf(flux, sql)));
      assert.equal(await countRows(flux), 2);
    });

    it('leave rows of real users alone', async () => {
      const flux = await localFlux(engine);
      await pushAlone(flux, GUIDE_SQL);
      await runSql(
        flux,
        `insert into ${TEST_SCHEMA}.notes (owner_id, body) values ('ann', 'kept'), ('bob', 'kept'), ('cleo', 'kept')`,
      );
      assertRight(await runOn(flux, await planOf(flux, GUIDE_SQL)));
      assert.equal(await countRows(flux), 3);
    });
  });
}
