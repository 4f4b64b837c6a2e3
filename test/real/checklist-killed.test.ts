import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanUpUnfinished } from '../../src/checklist/clean-up';
import type { Fetch } from '../../src/checklist/gateway-client';
import { planChecklist } from '../../src/checklist/plan';
import { runChecklist, type ChecklistOptions } from '../../src/checklist/run';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { modelFromStatements } from '../../src/schema/from-statements';
import { countRows, realFetch, realNow } from '../support/checklist';
import { GUIDE_SQL } from '../support/guide-sql';
import { KeptJournal } from '../support/journal';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';
import { parseAll } from '../support/sql';

/** A table whose rows nothing names before they are made: keys are counted up, and no text can carry a marker. */
const NAMELESS = `
create table notes (id bigint generated always as identity primary key, owner_id text not null, stars int not null);
alter table notes enable row level security;
create policy own on notes to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
grant select, insert, update, delete on notes to authenticated;`;

/** When the process dies: before a request leaves it, or after PostgreSQL carried it out and before the answer came. */
type Death = 'before' | 'after';

/** `read` and `write` are what it died at. */
type Outcome = 'read' | 'write' | 'done';

interface Life {
  readonly options: Omit<ChecklistOptions, 'fetch' | 'journal'>;
  readonly journal: KeptJournal;
}

async function optionsFor(engine: Engine, sql: string): Promise<Life['options']> {
  const flux = await localFlux(engine);
  await pushAlone(flux, sql);
  const model = modelFromStatements(await parseAll(sql), { engine, apiSchema: flux.schema });
  return {
    gatewayUrl: flux.url,
    schema: flux.schema,
    secret: flux.jwtSecret,
    engine,
    now: realNow,
    plan: planChecklist(model),
    subjects: ['flux-rls-check-a', 'flux-rls-check-b'],
    mode: 'full',
  };
}

/** Runs the checklist until its request number `last`, and lets it die there. */
async function dieAt(last: number, death: Death, { options, journal }: Life): Promise<Outcome> {
  let asked = 0;
  let isDead = false;
  let run: Promise<unknown> = Promise.resolve();
  const died = new Promise<Outcome>(resolve => {
    const die = (method: string | undefined): Promise<never> => {
      isDead = true;
      journal.die();
      resolve(method === 'GET' ? 'read' : 'write');
      return new Promise<never>(() => undefined);
    };
    const fetch: Fetch = async (url, init) => {
      if (isDead) return die(init.method);
      asked += 1;
      if (asked < last) return realFetch(url, init);
      if (death === 'after') await realFetch(url, init);
      return die(init.method);
    };
    run = runChecklist({ ...options, fetch, journal });
  });
  return Promise.race([died, run.then(() => 'done' as const)]);
}

for (const engine of ENGINES) {
  describe(`a checklist that dies on ${engine}`, function () {
    this.timeout(120_000);

    for (const [name, sql] of [
      ['rows with keys of their own', GUIDE_SQL],
      ['rows that nothing names before they are made', NAMELESS],
    ] as const) {
      it(`leaves nothing after the next start, at whatever request it died: ${name}`, async () => {
        const flux = await localFlux(engine);
        const options = await optionsFor(engine, sql);
        let deaths = 0;
        for (let last = 1, isOver = false; !isOver; last++) {
          let diedAt: Outcome = 'write';
          // A read that was carried out leaves nothing that one before it does not.
          for (const death of ['before', 'after'] as const) {
            if (diedAt === 'read') break;
            const journal = new KeptJournal();
            diedAt = await dieAt(last, death, { options, journal });
            isOver = diedAt === 'done';
            if (isOver) break;
            deaths += 1;
            journal.revive();
            const rows = await cleanUpUnfinished(journal, { ...options, fetch: realFetch });
            const where = `died ${death} request ${last}`;
            assert.deepEqual(rows.left, [], where);
            assert.equal(await countRows(flux), 0, where);
            assert.equal(journal.size, 0, where);
            assert.deepEqual(await journal.unfinished(), [], where);
          }
        }
        assert.ok(deaths > 70, `it died ${deaths} times only`);
      });
    }

    it('leaves nothing when it is cancelled, at whatever request', async () => {
      const flux = await localFlux(engine);
      const options = await optionsFor(engine, GUIDE_SQL);
      const methods: string[] = [];
      const listen: Fetch = (url, init) => {
        methods.push(init.method ?? 'GET');
        return realFetch(url, init);
      };
      await runChecklist({ ...options, fetch: listen });
      const writes = methods.flatMap((method, index) => (method === 'GET' ? [] : index + 1));
      assert.ok(writes.length > 20);
      for (const last of writes) {
        const abort = new AbortController();
        let asked = 0;
        const fetch: Fetch = (url, init) => {
          if (++asked === last) abort.abort();
          return realFetch(url, init);
        };
        const journal = new KeptJournal();
        // A server on this machine is done with a request sooner than one elsewhere.
        const sleep = (seconds: number): Promise<void> => delay(seconds * 100);
        const report = await runChecklist({ ...options, fetch, journal, sleep, signal: abort.signal });
        const where = `cancelled at request ${last}`;
        // From some request on, only rows are removed, which is not cut short.
        assert.equal(report.cancelled, asked >= last, where);
        assert.equal(await countRows(flux), 0, where);
        assert.equal(journal.size, 0, where);
        assert.equal(report.rows.created, report.rows.removed, where);
      }
    });

    it('keeps the rows of its subjects that it did not make', async () => {
      const flux = await localFlux(engine);
      const options = { ...(await optionsFor(engine, NAMELESS)), subjects: ['ann', 'bob'] as const };
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id, stars) values ('ann', 5), ('bob', 4)`);
      const journal = new KeptJournal();
      // Past the first insert, whose answer never comes.
      assert.equal(await dieAt(3, 'after', { options, journal }), 'write');
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id, stars) values ('ann', 3)`);
      journal.revive();
      const rows = await cleanUpUnfinished(journal, { ...options, fetch: realFetch });
      assert.match(rows.left[0]?.reason ?? '', /nothing tells whether it is the checklist’s/);
      assert.equal(await countRows(flux), 4);
      assert.equal(journal.size, 1, 'what could not be told apart stays in the journal');
    });

    it('forgets nothing while the gateway is down', async () => {
      const options = await optionsFor(engine, GUIDE_SQL);
      const flux = await localFlux(engine);
      const journal = new KeptJournal();
      assert.equal(await dieAt(2, 'after', { options, journal }), 'write');
      journal.revive();
      const down: Fetch = () =>
        Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
      const failed = await cleanUpUnfinished(journal, {
        ...options,
        fetch: down,
        sleep: () => Promise.resolve(),
      });
      assert.equal(failed.left.length, 1);
      assert.equal(journal.size, 1);
      await cleanUpUnfinished(journal, { ...options, fetch: realFetch });
      assert.equal(await countRows(flux), 0);
      assert.equal(journal.size, 0);
    });
  });
}
