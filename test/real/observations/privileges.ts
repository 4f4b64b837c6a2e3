import type { LocalFlux } from '../../../src/stack/local-flux';
import { Database } from '../../../src/database/connection';
import { ask, runSql, selectSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, pushOnly, type Observations } from './observation';

/** What ann is told when she writes a row of her own. */
const annInserts = (flux: LocalFlux): Promise<string> =>
  answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'ann' } });

/** What a statement answers in the database to a role that requests run as. */
async function asRole(flux: LocalFlux, role: string, sql: string): Promise<string> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    return await database.asRequest({ role, schema: TEST_SCHEMA, claims: { sub: 'ann' } }, async request => {
      await request.query(sql);
      return 'done';
    });
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  } finally {
    await database.close();
  }
}

/** The table privileges that PUBLIC holds. */
async function ofPublic(flux: LocalFlux): Promise<string> {
  const rows = await selectSql(
    flux,
    `select privilege_type from pg_class, aclexplode(relacl) where oid = '${TEST_SCHEMA}.notes'::regclass and grantee = 0`,
  );
  return rows.map(row => String(row.privilege_type)).join() || 'nothing';
}

export const OBSERVATIONS: Observations = {
  'grant-before-create': {
    observe: pushOnly,
    bad: 'refused 42P01 relation "notes" does not exist',
    good: 'pushed',
  },
  'grant-column-revoke-ineffective': {
    observe: afterPush(async flux => answer(flux, '/notes?select=secret', { as: 'ann' })),
    bad: '200 0 rows',
    good: '403 42501 permission denied for table notes',
  },
  'grant-column-subset': {
    observe: afterPush(async flux => {
      const all = await answer(flux, '/notes', { as: 'ann' });
      return `${all}; ${await answer(flux, '/notes?select=id,owner_id', { as: 'ann' })}`;
    }),
    bad: '403 42501 permission denied for table notes; 200 0 rows',
    good: '200 0 rows; 200 0 rows',
  },
  'grant-missing-function': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann'), ('bob')`);
      return answer(flux, '/notes', { as: 'ann' });
    }),
    bad: '403 42501 permission denied for function is_owner',
    good: '200 ann',
  },
  'grant-missing-schema-usage': {
    observe: afterPush(async flux => answer(flux, '/notes', { as: 'ann' })),
    bad: `403 42501 permission denied for schema ${TEST_SCHEMA}`,
    good: '200 0 rows',
  },
  'grant-missing-sequence': {
    observe: afterPush(annInserts),
    bad: '403 42501 permission denied for sequence notes_id_seq',
    good: '201',
  },
  'grant-missing-table': {
    observe: afterPush(async flux =>
      answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'ann', body: 'x' } }),
    ),
    // v1 grants everything by default: there the finding is information.
    bad: { v1_dedicated: '201', v2_shared: '403 42501 permission denied for table notes' },
    good: '201',
  },
  'grant-not-adapted': {
    observe: afterPush(annInserts),
    bad: { v2_shared: '403 42501 permission denied for table notes' },
    good: { v2_shared: '201' },
  },
  'grant-option': {
    observe: afterPush(async flux => {
      const [held] = await selectSql(
        flux,
        `select has_table_privilege('${flux.role}', '${TEST_SCHEMA}.notes', 'select with grant option') as may`,
      );
      return `may grant on: ${String(held?.may)}`;
    }),
    bad: 'may grant on: true',
    good: 'may grant on: false',
  },
  'grant-other-tenant-role': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42704 role "t_0f1e2d3c4b5a_role" does not exist' },
    good: { v2_shared: 'pushed' },
  },
  'grant-over-adapted': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42703 column "t_1a2b3c4d5e6f_role" does not exist' },
    good: { v2_shared: 'pushed' },
  },
  'grant-private-table-readable': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.jobs values (1, 'secret')`);
      const { status, body, message } = await ask(flux, '/jobs', { as: 'ann' });
      return `${status} ${message ?? JSON.stringify(body)}`;
    }),
    bad: { v2_shared: '200 [{"id":1,"payload":"secret"}]' },
    good: { v2_shared: '403 permission denied for table jobs' },
  },
  'grant-role-membership': {
    observe: pushOnly,
    bad: { v2_shared: 'refused 42501 permission denied to grant role "t_1a2b3c4d5e6f_role"' },
    good: { v2_shared: 'pushed' },
  },
  'grant-to-anon': {
    observe: afterPush(async flux => asRole(flux, 'anon', `insert into notes (owner_id) values ('ann')`)),
    // With the privilege only the missing policy stands in the way.
    bad: '42501 new row violates row-level security policy for table "notes"',
    good: '42501 permission denied for table notes',
  },
  'grant-to-public': { observe: afterPush(ofPublic), bad: 'SELECT', good: 'nothing' },
  'grant-truncate': {
    observe: afterPush(async flux => asRole(flux, flux.role, 'truncate notes')),
    bad: 'done',
    // v1 gives TRUNCATE on every table by default: there the finding is a hint.
    good: { v1_dedicated: 'done', v2_shared: '42501 permission denied for table notes' },
  },
  'grant-unknown-role': {
    observe: pushOnly,
    bad: 'refused 42704 role "authenticted" does not exist',
    good: 'pushed',
  },
  'grant-without-policy': {
    observe: afterPush(annInserts),
    bad: '403 42501 new row violates row-level security policy for table "notes"',
    good: '201',
  },
  'grant-write-without-select': {
    observe: afterPush(async flux =>
      answer(flux, '/notes?owner_id=eq.ann', { as: 'ann', method: 'PATCH', body: { body: 'x' } }),
    ),
    bad: '403 42501 permission denied for table notes',
    good: '204',
  },
};
