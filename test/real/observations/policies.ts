import { afterPush, asAnnBesideBob, pushOnly, type Observations } from './observation';
import { runSql, TEST_SCHEMA } from '../../support/local-flux';
import { Database } from '../../../src/database/connection';

export const OBSERVATIONS: Observations = {
  'policy-always-true': {
    observe: afterPush(asAnnBesideBob),
    bad: '200 bob',
    good: '200 0 rows',
  },
  'policy-to-public': {
    // No request runs as anon on v2, so the role is taken as PostgREST takes it, in the database.
    observe: afterPush(async flux => {
      await runSql(flux, `insert into ${TEST_SCHEMA}.notes (owner_id) values ('ann')`);
      const database = await Database.connect(flux.databaseUrl);
      try {
        const as = { role: 'anon', schema: TEST_SCHEMA, claims: { sub: 'ann' } };
        const { rows } = await database.asRequest(as, request => request.query('select * from notes'));
        return `anon sees ${rows.length}`;
      } finally {
        await database.close();
      }
    }),
    bad: 'anon sees 1',
    good: 'anon sees 0',
  },
  'policy-wrong-clause': {
    observe: pushOnly,
    bad: 'refused 42601 only WITH CHECK expression allowed for INSERT',
    good: 'pushed',
  },
};
