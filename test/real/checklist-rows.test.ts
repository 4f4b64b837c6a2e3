import assert from 'node:assert/strict';
import type { Fetch } from '../../src/checklist/gateway-client';
import { GatewayClient } from '../../src/checklist/gateway-client';
import { planFromOpenApi } from '../../src/checklist/plan';
import { ENGINES } from '../../src/flux/engine';
import { countRows, planOf, realFetch, realNow, runOn, verdicts } from '../support/checklist';
import { GUIDE_SQL } from '../support/guide-sql';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';

const ALL_PASS = {
  'signed-out': 'pass',
  'own-rows-only': 'pass',
  'forged-insert': 'pass',
  'cross-read': 'pass',
};

const owned = (columns: string, before = ''): string => `${before}
  create table notes (owner_id text not null, ${columns});
  alter table notes enable row level security;
  create policy own on notes to authenticated using (owner_id = (select auth.uid()));
  grant select, insert, update, delete on notes to authenticated;`;

/** Tables whose rows have to be made and found again in other ways. */
const SCHEMAS: Readonly<Record<string, string>> = {
  'a uuid key': owned('id uuid primary key default gen_random_uuid(), n int not null'),
  'a serial key': owned('id serial primary key, n int not null'),
  'an identity key': owned('id bigint generated always as identity primary key, done boolean not null'),
  'a key the client gives': owned('id bigint primary key, at timestamptz not null, day date not null'),
  'a text key': owned('slug text primary key, price numeric not null'),
  'jsonb and arrays': owned(
    'id uuid primary key, doc jsonb not null, tags text[] not null, scores int[] not null',
  ),
  'columns PostgreSQL fills in': owned(
    'id serial primary key, made timestamptz not null default now(), size int generated always as (length(owner_id)) stored',
  ),
  'the owner as key': owned('body text not null, primary key (owner_id)'),
};

for (const engine of ENGINES) {
  describe(`the checklist's rows on ${engine}`, () => {
    for (const [name, sql] of Object.entries(SCHEMAS)) {
      it(`are made, found and removed in a table with ${name}`, async () => {
        const flux = await localFlux(engine);
        await pushAlone(flux, sql);
        const report = await runOn(flux, await planOf(flux, sql));
        assert.deepEqual(verdicts(report), ALL_PASS);
        assert.deepEqual(report.rows, { created: 2, removed: 2, left: [] });
        assert.equal(await countRows(flux), 0);
      });

      it(`are removed as well when a forged one got in, in a table with ${name}`, async () => {
        const flux = await localFlux(engine);
        await pushAlone(flux, sql);
        await runSql(
          flux,
          `create policy open on ${TEST_SCHEMA}.notes for insert to public with check (true)`,
        );
        const report = await runOn(flux, await planOf(flux, sql));
        assert.equal(verdicts(report)['forged-insert'], 'fail policy');
        assert.deepEqual(report.rows.left, []);
        assert.equal(await countRows(flux), 0);
      });
    }

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
      assert.deepEqual(verdicts(await runOn(flux, plan)), ALL_PASS);
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
        report.results[1]!.message,
        /list_id has to be given, and it points at a row of another table/,
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
      assert.deepEqual(verdicts(report), ALL_PASS);
      assert.match(report.results[2]!.message, /replaces a forged owner/);
      assert.equal(await countRows(flux), 0);
    });

    it('are lost only by name: what cannot be found again is listed', async () => {
      const flux = await localFlux(engine);
      // Keys that count down: the forged row is not the one after the owner's own.
      const sql = owned('id int not null, n int not null');
      await pushAlone(flux, sql);
      await runSql(
        flux,
        `create sequence ${TEST_SCHEMA}.down increment -1 minvalue 1 start 900 maxvalue 900;
         grant usage on sequence ${TEST_SCHEMA}.down to public;
         alter table ${TEST_SCHEMA}.notes alter id set default nextval('${TEST_SCHEMA}.down'), add primary key (id);
         create policy open on ${TEST_SCHEMA}.notes for insert to public with check (true)`,
      );
      const plan = await planOf(flux, sql);
      const columns = plan.columns.map(column =>
        column.name === 'id'
          ? { ...column, required: false, primaryKey: true, generated: 'default' as const }
          : column,
      );
      const report = await runOn(flux, { ...plan, columns });
      assert.equal(verdicts(report)['forged-insert'], 'fail policy');
      assert.equal(report.rows.left.length, 1);
      assert.equal(await countRows(flux), 1);
      await runSql(flux, `drop sequence ${TEST_SCHEMA}.down cascade`);
    });

    it('leave rows of real users alone', async () => {
      const flux = await localFlux(engine);
      await pushAlone(flux, GUIDE_SQL);
      await runSql(
        flux,
        `insert into ${TEST_SCHEMA}.notes (owner_id, body) values ('ann', 'kept'), ('bob', 'kept'), ('cleo', 'kept')`,
      );
      assert.deepEqual(verdicts(await runOn(flux, await planOf(flux, GUIDE_SQL))), ALL_PASS);
      assert.equal(await countRows(flux), 3);
    });
  });
}

describe('a run that does not reach its end', () => {
  /** Requests of a whole run, the first look at the gateway and the clean-up included. */
  async function requestsOfWholeRun(): Promise<number> {
    const flux = await localFlux('v2_shared');
    await pushAlone(flux, GUIDE_SQL);
    let count = 0;
    const counting: Fetch = (url, init) => {
      count += 1;
      return realFetch(url, init);
    };
    await runOn(flux, await planOf(flux, GUIDE_SQL), { fetch: counting });
    return count;
  }

  it('leaves nothing behind when it is cancelled, before or after any request', async () => {
    const flux = await localFlux('v2_shared');
    const total = await requestsOfWholeRun();
    const plan = await planOf(flux, GUIDE_SQL);
    assert.ok(total > 10);
    for (const when of ['before', 'after'] as const) {
      // The first request finds out who is there; without its answer there is no run.
      for (let at = 2; at <= total; at += 1) {
        const abort = new AbortController();
        let count = 0;
        const report = await runOn(flux, plan, {
          signal: abort.signal,
          fetch: async (url, init) => {
            const now = (count += 1) === at;
            if (now && when === 'before') abort.abort();
            const response = await realFetch(url, init);
            if (now) abort.abort();
            return response;
          },
        });
        assert.equal(await countRows(flux), 0, `cancelled ${when} request ${at}`);
        assert.deepEqual(report.rows.left, []);
        assert.equal(report.cancelled, true);
        assert.ok(report.results.every(({ verdict }) => verdict !== 'fail'));
      }
    }
  });

  it('leaves nothing behind when an insert is carried out and its answer is lost', async () => {
    const flux = await localFlux('v2_shared');
    const plan = await planOf(flux, GUIDE_SQL);
    await pushAlone(flux, GUIDE_SQL);
    for (let lost = 1; lost <= 3; lost += 1) {
      let inserts = 0;
      const report = await runOn(flux, plan, {
        fetch: async (url, init) => {
          const response = await realFetch(url, init);
          if (init.method === 'POST' && (inserts += 1) === lost) throw new TypeError('socket hang up');
          return response;
        },
      });
      assert.equal(await countRows(flux), 0, `answer ${lost} lost`);
      assert.ok(report.results.some(({ cause }) => cause === 'gateway-unreachable'));
      assert.deepEqual(report.rows.left, []);
    }
  });

  it('lists what a gateway that went away keeps from being removed', async () => {
    const flux = await localFlux('v2_shared');
    await pushAlone(flux, GUIDE_SQL);
    const report = await runOn(flux, await planOf(flux, GUIDE_SQL), {
      fetch: async (url, init) => {
        if (init.method === 'DELETE')
          throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
        return realFetch(url, init);
      },
    });
    assert.deepEqual(verdicts(report), ALL_PASS);
    assert.equal(report.rows.left.length, 2);
    assert.match(report.rows.left[0]!.reason, /ECONNREFUSED/);
    assert.match(report.rows.left[0]!.key, /^id=/);
  });
});
