import { afterPush, answer, pushOnly, type Observations } from './observation';
import { runSql, TEST_SCHEMA } from '../../support/local-flux';

export const OBSERVATIONS: Observations = {
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
  'owner-uuid-cast': {
    observe: afterPush(async flux => answer(flux, '/notes', { as: 'user_2abC' })),
    bad: '400 22P02 invalid input syntax for type uuid: "user_2abC"',
    good: '200 0 rows',
  },
};
