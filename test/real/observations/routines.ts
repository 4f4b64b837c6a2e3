import { afterPush, answer, type Observations } from './observation';
import { runSql, TEST_SCHEMA } from '../../support/local-flux';

export const OBSERVATIONS: Observations = {
  'view-not-invoker': {
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann'), ('bob')`);
      return answer(flux, '/note_bodies', { as: 'ann' });
    }),
    bad: { v1_dedicated: '200 ann, bob', v2_shared: '200 0 rows' },
    good: '200 ann',
  },
};
