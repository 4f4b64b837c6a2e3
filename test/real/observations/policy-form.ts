import { Database } from '../../../src/database/connection';
import type { LocalFlux } from '../../../src/stack/local-flux';
import { ask, runSql, TEST_SCHEMA } from '../../support/local-flux';
import {
  afterPush,
  answer,
  asAnnBesideBob,
  pushOnly,
  type Observation,
  type Observations,
} from './observation';

/** One value that PostgreSQL's catalog tells about the notes table after the push. */
function catalog(query: string): Observation['observe'] {
  return afterPush(async flux => {
    const database = await Database.connect(flux.databaseUrl);
    try {
      const { rows } = await database.query<{ seen: string | number }>(query);
      return rows.map(({ seen }) => String(seen)).join(', ');
    } finally {
      await database.close();
    }
  });
}

/** Status and code of an answer, without its words. */
async function outcome(flux: LocalFlux, path: string, request: Parameters<typeof ask>[2]): Promise<string> {
  const { status, code } = await ask(flux, path, request);
  return code === undefined ? String(status) : `${status} ${code}`;
}

const POLICY_NAMES = `select policyname as seen from pg_policies where schemaname = '${TEST_SCHEMA}' order by 1`;

/** What ann sees of a row of hers. */
const ownRow = afterPush(async flux => {
  await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann')`);
  return answer(flux, '/notes', { as: 'ann' });
});

export const OBSERVATIONS: Observations = {
  'identifier-too-long': {
    observe: catalog(POLICY_NAMES),
    bad: 'Signed-in users can read all of the notes that they have writte',
    good: 'Signed-in users can read their own notes',
  },
  'policy-anon-write': {
    observe: afterPush(async flux =>
      outcome(flux, '/notes', { method: 'POST', body: { owner_id: 'ann', body: 'x' } }),
    ),
    bad: { v1_dedicated: '201' },
    good: { v1_dedicated: '401 42501' },
  },
  'policy-clauseless': {
    observe: ownRow,
    bad: '200 0 rows',
    good: '200 ann',
  },
  'policy-duplicate-body': {
    observe: catalog(POLICY_NAMES),
    bad: 'notes_own, notes_owner_read',
    good: 'notes_owner_read',
  },
  'policy-duplicate-name': {
    observe: pushOnly,
    bad: 'refused 42710 policy "notes_owner" for table "notes" already exists',
    good: 'pushed',
  },
  'policy-for-all-read-intent': {
    observe: afterPush(async flux =>
      outcome(flux, '/articles', { as: 'ann', method: 'POST', body: { title: 'x', published: true } }),
    ),
    bad: '201',
    good: '403 42501',
  },
  'policy-hard-coded-tenant': {
    // The local project is not the one whose schema the example names.
    observe: pushOnly,
    bad: 'refused 3F000 schema "t_0f9e8d7c6b5a_api" does not exist',
    good: 'pushed',
  },
  'policy-missing-verb': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann')`);
      const deleted = await outcome(flux, '/notes?owner_id=eq.ann', { as: 'ann', method: 'DELETE' });
      return `${deleted}, then ${await answer(flux, '/notes', { as: 'ann' })}`;
    }),
    bad: { v1_dedicated: '204, then 200 ann', v2_shared: '403 42501, then 200 ann' },
    good: '204, then 200 0 rows',
  },
  'policy-multiple-permissive': {
    // A note of ann's that bob may read: each of them passes one of the two conditions.
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id, reader_id) values ('ann', 'bob')`);
      return `ann ${await answer(flux, '/notes', { as: 'ann' })}; bob ${await answer(flux, '/notes', { as: 'bob' })}`;
    }),
    bad: 'ann 200 ann; bob 200 ann',
    good: 'ann 200 0 rows; bob 200 0 rows',
  },
  'policy-not-adapted': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42704 role "authenticated" does not exist' },
    good: { v2_shared: 'pushed' },
  },
  'policy-other-tenant-role': {
    observe: pushOnly,
    bad: 'refused 42704 role "t_0f9e8d7c6b5a_role" does not exist',
    good: 'pushed',
  },
  'policy-placeholder-name': {
    observe: catalog(POLICY_NAMES),
    bad: 'policy1',
    good: 'notes_owner_read',
  },
  'policy-restrictive-only': {
    observe: ownRow,
    bad: '200 0 rows',
    good: '200 ann',
  },
  'policy-restrictive-true': {
    // What is seen is the same: that is the finding. What there is to read differs.
    observe: async (flux, example) => {
      const seen = await afterPush(asAnnBesideBob)(flux, example);
      const names = await catalog(POLICY_NAMES)(flux, example);
      return `${seen} with ${names}`;
    },
    bad: '200 0 rows with notes_floor, notes_owner_read',
    good: '200 0 rows with notes_owner_read',
  },
  'policy-unknown-role': {
    observe: pushOnly,
    bad: 'refused 42704 role "authenticted" does not exist',
    good: 'pushed',
  },
};
