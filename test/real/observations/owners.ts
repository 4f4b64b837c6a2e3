import { Database } from '../../../src/database/connection';
import type { LocalFlux } from '../../../src/stack/local-flux';
import { runSql, TEST_SCHEMA } from '../../support/local-flux';
import { afterPush, answer, asAnnBesideBob, pushOnly, type Observations } from './observation';

/** The node of the plan that reads the table when ann asks for her rows among many. */
async function planOfAnn(flux: LocalFlux): Promise<string> {
  await runSql(
    flux,
    `insert into ${TEST_SCHEMA}.notes (owner_id) select 'user_' || n from generate_series(1, 5000) n; analyze ${TEST_SCHEMA}.notes`,
  );
  const database = await Database.connect(flux.databaseUrl);
  try {
    const as = { role: flux.role, schema: TEST_SCHEMA, claims: { sub: 'ann' } };
    const { rows } = await database.asRequest(as, request =>
      request.query<Record<string, string>>('explain (costs off) select * from notes'),
    );
    return rows.some(row => row['QUERY PLAN']?.includes('Seq Scan on notes'))
      ? 'every row is read'
      : 'the index is used';
  } finally {
    await database.close();
  }
}

const UPPER_CASE_SUBJECT = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';

export const OBSERVATIONS: Observations = {
  'column-missing': {
    observe: pushOnly,
    bad: 'refused 42703 column "ownr_id" does not exist',
    good: 'pushed',
  },
  'owner-current-user': {
    // The only owner that the policy takes is everybody.
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('${flux.role}')`);
      const seen = await Promise.all(['ann', 'bob'].map(as => answer(flux, '/notes', { as })));
      return seen.join(', ').replaceAll(flux.role, 'the role');
    }),
    bad: '200 the role, 200 the role',
    good: '200 0 rows, 200 0 rows',
  },
  'owner-email-key': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann')`);
      return answer(flux, '/notes', { as: 'ann' });
    }),
    // A token without the claim, such as this one, sees nothing.
    bad: '200 0 rows',
    good: '200 ann',
  },
  'owner-foreign-auth-users': {
    observe: pushOnly,
    bad: 'refused 42P01 relation "auth.users" does not exist',
    good: 'pushed',
  },
  'owner-inconsistent': {
    // Ann writes a row into bob's list; the good example has no second column that would let her.
    observe: afterPush(async flux => {
      const forged = await answer(flux, '/notes', {
        as: 'ann',
        method: 'POST',
        body: { owner_id: 'bob', user_id: 'ann' },
      });
      const honest = await answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'ann' } });
      return `${forged.slice(0, 12)}; ${honest.slice(0, 9)}; bob: ${await answer(flux, '/notes', { as: 'bob' })}`;
    }),
    bad: '201; 403 42501; bob: 200 bob',
    good: '400 PGRST204; 201; bob: 200 0 rows',
  },
  'owner-literal': {
    observe: afterPush(asAnnBesideBob),
    bad: '200 bob',
    good: '200 0 rows',
  },
  'owner-no-default': {
    observe: afterPush(async flux =>
      answer(flux, '/notes', { as: 'ann', method: 'POST', body: { body: 'x' } }),
    ),
    bad: '403 42501 new row violates row-level security policy for table "notes"',
    good: '201',
  },
  'owner-no-index': {
    observe: afterPush(planOfAnn),
    bad: 'every row is read',
    good: 'the index is used',
  },
  'owner-not-text': {
    observe: pushOnly,
    bad: 'refused 42883 operator does not exist: integer = text',
    good: 'pushed',
  },
  'owner-nullable': {
    observe: afterPush(async flux => {
      const inserted = await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values (null)`).then(
        () => 'a row of nobody',
        (error: unknown) => (error as { code: string }).code,
      );
      const seen = await Promise.all(['ann', 'bob'].map(as => answer(flux, '/notes', { as })));
      return `${inserted}; ${seen.join(', ')}`;
    }),
    bad: 'a row of nobody; 200 0 rows, 200 0 rows',
    good: '23502; 200 0 rows, 200 0 rows',
  },
  'owner-uuid': {
    observe: pushOnly,
    bad: 'refused 42883 operator does not exist: uuid = text',
    good: 'pushed',
  },
  'owner-uuid-as-text': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('${UPPER_CASE_SUBJECT}')`);
      return answer(flux, '/notes', { as: UPPER_CASE_SUBJECT });
    }),
    bad: '200 0 rows',
    good: `200 ${UPPER_CASE_SUBJECT}`,
  },
  'owner-uuid-cast': {
    observe: afterPush(async flux => answer(flux, '/notes', { as: 'user_2abC' })),
    bad: '400 22P02 invalid input syntax for type uuid: "user_2abC"',
    good: '200 0 rows',
  },
};
