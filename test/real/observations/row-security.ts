import { Database } from '../../../src/database/connection';
import type { LocalFlux } from '../../../src/stack/local-flux';
import { tenantOf } from '../../../src/flux/names';
import { runSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, asAnnBesideBob, pushOnly, type Observations } from './observation';

/** How many rows of `notes` code sees that runs as a role, with bob's row in it. */
async function seenAs(flux: LocalFlux, role: string): Promise<string> {
  await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('bob')`);
  const database = await Database.connect(flux.databaseUrl);
  try {
    const as = { role, schema: TEST_SCHEMA, claims: { sub: 'ann' } };
    const { rows } = await database.asRequest(as, request => request.query('select * from notes'));
    return `the owner sees ${rows.length}`;
  } finally {
    await database.close();
  }
}

/** The role that owns what a v2 push makes. */
const DDL_ROLE = tenantOf(TEST_SCHEMA)?.ddlRole ?? '';

export const OBSERVATIONS: Observations = {
  'rls-bypass-role': {
    observe: afterPush(asAnnBesideBob),
    bad: { v1_dedicated: '200 bob', v2_shared: 'refused 42704 role "authenticated" does not exist' },
    good: '200 0 rows',
  },
  'rls-enabled-no-policy': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id, body) values ('ann', 'x')`);
      return answer(flux, '/notes', { as: 'ann' });
    }),
    bad: '200 0 rows',
    good: '200 ann',
  },
  'rls-force-exemption': {
    // The reason changes nothing for PostgreSQL: the table stays unforced, and its owner sees every row.
    observe: afterPush(async flux => {
      const database = await Database.connect(flux.databaseUrl);
      try {
        const { rows } = await database.query<{ comment: string }>(
          `select obj_description('${TEST_SCHEMA}.notes'::regclass, 'pg_class') as comment`,
        );
        const [, reason] = (rows[0]?.comment ?? '').split('flux:no-force-rls');
        return `${await seenAs(flux, DDL_ROLE)}, ${reason ? 'for a reason' : 'for no reason'}`;
      } finally {
        await database.close();
      }
    }),
    bad: { v2_shared: 'the owner sees 1, for no reason' },
    good: { v2_shared: 'the owner sees 1, for a reason' },
  },
  'rls-force-exemption-ineffective': {
    observe: afterPush(async flux => seenAs(flux, DDL_ROLE)),
    bad: { v2_shared: 'the owner sees 0' },
    good: { v2_shared: 'the owner sees 1' },
  },
  'rls-not-enabled': {
    observe: afterPush(asAnnBesideBob),
    bad: { v1_dedicated: 'refused 42501 Refusing push: unrestricted write', v2_shared: '200 bob' },
    good: '200 0 rows',
  },
  'rls-not-forced': {
    observe: async (flux, example) => {
      await runSql(
        flux,
        `do $$ begin create role notes_admin; exception when duplicate_object then null; end $$;
         grant usage on schema ${TEST_SCHEMA}, auth to notes_admin`,
      );
      return afterPush(async () => seenAs(flux, 'notes_admin'))(flux, example);
    },
    bad: { v1_dedicated: 'the owner sees 1' },
    good: { v1_dedicated: 'the owner sees 0' },
  },
  'rls-on-view': {
    observe: pushOnly,
    bad: 'refused 42809 ALTER action ENABLE ROW SECURITY cannot be performed on relation "note_owners"',
    good: 'pushed',
  },
  'rls-partition-child-open': {
    observe: afterPush(async flux => {
      const parent = await asAnnBesideBob(flux);
      return `${parent}; by name ${await answer(flux, '/notes_2026', { as: 'ann' })}`;
    }),
    bad: {
      v1_dedicated: 'refused 42501 Refusing push: unrestricted write',
      v2_shared: '200 0 rows; by name 200 bob',
    },
    good: '200 0 rows; by name 200 0 rows',
  },
  'rls-partition-root-not-forced': {
    observe: afterPush(async flux => seenAs(flux, DDL_ROLE)),
    bad: { v2_shared: 'the owner sees 1' },
    good: { v2_shared: 'the owner sees 0' },
  },
  'rls-policy-without-rls': {
    observe: afterPush(asAnnBesideBob),
    bad: { v1_dedicated: 'refused 42501 Refusing push: unrestricted write', v2_shared: '200 bob' },
    good: '200 0 rows',
  },
  'rls-weakened-later': {
    // Every row starts locked, which the restrictive policy hides from its owner, too.
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann')`);
      return answer(flux, '/notes', { as: 'ann' });
    }),
    bad: '200 ann',
    good: '200 0 rows',
  },
};
