import { pushOnly, type Observations } from './observation';

export const OBSERVATIONS: Observations = {
  'sql-syntax': {
    observe: pushOnly,
    bad: 'refused 42601 syntax error at or near "not"',
    good: 'pushed',
  },
};
