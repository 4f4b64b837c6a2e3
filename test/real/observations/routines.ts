import { Database } from '../../../src/database/connection';
import type { LocalFlux } from '../../../src/stack/local-flux';
import { ask, runSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, pushOnly, type Observations } from './observation';

const NOTES = `${TEST_SCHEMA}.notes`;
const ANNS_AND_BOBS = `insert into ${NOTES} (owner_id) values ('ann'), ('bob')`;

/** What a query answers a role as it would in a request of ann, or the code of its error. */
async function valueAs(flux: LocalFlux, role: string, query: string): Promise<string> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    const as = { role, schema: TEST_SCHEMA, claims: { sub: 'ann' } };
    const { rows } = await database.asRequest(as, request => request.query(query));
    return rows.map(row => Object.values(row).join()).join('; ');
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await database.close();
  }
}

/** What ann's call of `note_count()` counts while her session looks into a schema that somebody else filled. */
async function countedElsewhere(flux: LocalFlux): Promise<string> {
  await runSql(
    flux,
    `create schema elsewhere; create table elsewhere.notes (owner_id text);
     insert into elsewhere.notes values ('ann'), ('ann'), ('ann');
     grant usage on schema elsewhere to public; grant select on elsewhere.notes to public`,
  );
  const database = await Database.connect(flux.databaseUrl);
  try {
    const as = { role: flux.role, schema: 'elsewhere', claims: { sub: 'ann' } };
    const { rows } = await database.asRequest(as, request =>
      request.query<{ count: string }>(`select ${TEST_SCHEMA}.note_count() as count`),
    );
    return `counts ${rows[0]?.count ?? ''}`;
  } finally {
    await database.close();
    await runSql(flux, 'drop schema elsewhere cascade');
  }
}

async function call(flux: LocalFlux, name: string, body: object): Promise<string> {
  const { status, code } = await ask(flux, `/rpc/${name}`, { as: 'ann', method: 'POST', body });
  return code === undefined ? String(status) : `${status} ${code}`;
}

export const OBSERVATIONS: Observations = {
  'function-definer-exposed': {
    observe: afterPush(async flux => {
      await runSql(flux, ANNS_AND_BOBS);
      return `anon counts ${await valueAs(flux, 'anon', 'select note_count()')}`;
    }),
    // On v2 the owner is left out of the policies; whoever calls counts nothing, but calls.
    bad: { v1_dedicated: 'anon counts 2', v2_shared: 'anon counts 0' },
    good: 'anon counts 42501',
  },
  'function-definer-search-path': {
    observe: afterPush(countedElsewhere),
    bad: 'counts 3',
    good: 'counts 0',
  },
  'function-definer-trusts-argument': {
    observe: afterPush(async flux => {
      await runSql(flux, ANNS_AND_BOBS);
      return answer(flux, '/rpc/notes_of?member=bob', { as: 'ann' });
    }),
    bad: '200 bob',
    good: '200 0 rows',
  },
  'function-definer-writes-forced': {
    observe: afterPush(async flux =>
      answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'ann' } }),
    ),
    bad: { v2_shared: '403 42501 new row violates row-level security policy for table "changes"' },
    good: { v2_shared: '201' },
  },
  'function-leakproof': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42501 only superuser can define a leakproof function' },
    good: { v2_shared: 'pushed' },
  },
  'function-overload': {
    observe: afterPush(async flux => call(flux, 'greeting', { name: 'ann' })),
    bad: '300 PGRST203',
    good: '200',
  },
  'function-search-path-public': {
    observe: pushOnly,
    bad: 'refused 42P01 relation "notes" does not exist',
    good: 'pushed',
  },
  'function-shadows-auth': {
    observe: async (flux, example) => {
      const seen = await afterPush(async () => {
        const functions = "select proname from pg_proc where pronamespace = 'auth'::regnamespace order by 1";
        return `auth has ${await valueAs(flux, 'authenticator', functions)}`;
      })(flux, example);
      // Only the API schema is emptied before the next example.
      await runSql(flux, 'drop function if exists auth.current_member() cascade');
      return seen;
    },
    bad: {
      v1_dedicated: 'auth has current_member; uid',
      v2_shared: 'refused 42501 permission denied for schema auth',
    },
    good: 'auth has uid',
  },
  'view-calls-definer': {
    observe: afterPush(async flux => {
      await runSql(flux, ANNS_AND_BOBS);
      return answer(flux, '/note_bodies', { as: 'ann' });
    }),
    bad: { v1_dedicated: '200 ann, bob', v2_shared: '200 0 rows' },
    good: '200 ann',
  },
  'view-not-invoker': {
    observe: afterPush(async flux => {
      await runSql(flux, ANNS_AND_BOBS);
      return answer(flux, '/note_bodies', { as: 'ann' });
    }),
    bad: { v1_dedicated: '200 ann, bob', v2_shared: '200 0 rows' },
    good: '200 ann',
  },
};
