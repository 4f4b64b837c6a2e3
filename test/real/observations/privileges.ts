import { afterPush, answer, pushOnly, type Observations } from './observation';
import { TEST_SCHEMA } from '../../support/local-flux';

export const OBSERVATIONS: Observations = {
  'grant-missing-schema-usage': {
    observe: afterPush(async flux => answer(flux, '/notes', { as: 'ann' })),
    bad: `403 42501 permission denied for schema ${TEST_SCHEMA}`,
    good: '200 0 rows',
  },
  'grant-missing-table': {
    observe: afterPush(async flux =>
      answer(flux, '/notes', { as: 'ann', method: 'POST', body: { owner_id: 'ann', body: 'x' } }),
    ),
    // v1 grants everything by default: there the finding is information.
    bad: { v1_dedicated: '201', v2_shared: '403 42501 permission denied for table notes' },
    good: '201',
  },
  'grant-unknown-role': {
    observe: pushOnly,
    bad: 'refused 42704 role "authenticted" does not exist',
    good: 'pushed',
  },
};
