import assert from 'node:assert/strict';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { Database } from '../../src/database/connection';
import { localFlux, pushAlone, runSql, TEST_SCHEMA } from '../support/local-flux';
import { answer } from './observations/observation';

const NOTES = 'create table notes (owner_id text not null); alter table notes enable row level security;';
const OWN = 'using (owner_id = auth.uid());';
const VIEW = 'create view seen as select * from notes; grant select on notes, seen to authenticated;';

/** What ann gets through a view that reads as its owner, beside what `ownerGets` says. */
const CASES: readonly (readonly [gets: string, sql: string, seen: Readonly<Record<Engine, string>>])[] = [
  [
    'nothing on v2 where policies are for authenticated',
    `${NOTES} create policy p on notes to authenticated ${OWN} ${VIEW}`,
    { v1_dedicated: '200 ann, bob', v2_shared: '200 0 rows' },
  ],
  [
    'what policies for every role give on v2',
    `${NOTES} create policy p on notes ${OWN} ${VIEW}`,
    { v1_dedicated: '200 ann, bob', v2_shared: '200 ann' },
  ],
  [
    'everything of a table that is kept out of FORCE',
    `${NOTES} comment on table notes is 'flux:no-force-rls: shown'; create policy p on notes to authenticated ${OWN} ${VIEW}`,
    { v1_dedicated: '200 ann, bob', v2_shared: '200 ann, bob' },
  ],
  [
    'everything of a partitioned table',
    `create table notes (owner_id text not null) partition by list (owner_id);
     create table notes_rest partition of notes default;
     alter table notes enable row level security; alter table notes_rest enable row level security;
     create policy p on notes to authenticated ${OWN} ${VIEW}`,
    { v1_dedicated: '200 ann, bob', v2_shared: '200 ann, bob' },
  ],
];

describe('the owner of a table', () => {
  for (const engine of ENGINES) {
    for (const [gets, sql, seen] of CASES) {
      it(`gets ${gets}, seen on ${engine}`, async () => {
        const flux = await localFlux(engine);
        await pushAlone(flux, sql);
        await runSql(flux, `insert into ${TEST_SCHEMA}.notes values ('ann'), ('bob')`);
        assert.equal(await answer(flux, '/seen', { as: 'ann' }), seen[engine]);
      });
    }
  }
});

describe('an immutable function that asks who is calling', () => {
  for (const [volatility, seen] of [
    ['immutable', ['ann', 'ann']],
    ['stable', ['ann', 'bob']],
  ] as const) {
    it(`answers ${seen.join(' and ')} with a kept plan when it is ${volatility}`, async () => {
      const flux = await localFlux('v2_shared');
      await pushAlone(
        flux,
        `${NOTES} create function who() returns text language sql ${volatility} as $$ select auth.uid() $$;
         create policy p on notes for select to authenticated using (owner_id = who()); grant select on notes to authenticated;`,
      );
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes values ('ann'), ('bob')`);
      const database = await Database.connect(flux.databaseUrl);
      try {
        await database.query(`set search_path to ${TEST_SCHEMA}; set role ${flux.role}`);
        const owners: unknown[] = [];
        for (const sub of ['ann', 'bob']) {
          await database.query("select set_config('request.jwt.claims', $1, false)", [
            JSON.stringify({ sub }),
          ]);
          if (sub === 'ann') await database.query('prepare kept as select owner_id from notes');
          const { rows } = await database.query<{ owner_id: string }>('execute kept');
          owners.push(...rows.map(row => row.owner_id));
        }
        assert.deepEqual(owners, seen);
      } finally {
        await database.close();
      }
    });
  }
});
