import { pushOnly, type Observations } from './observation';

// PostgreSQL runs the comments without a word, whatever is wrong with them.
export const OBSERVATIONS: Observations = {
  'suppress-no-reason': { observe: pushOnly, bad: 'pushed', good: 'pushed' },
  'suppress-unknown': { observe: pushOnly, bad: 'pushed', good: 'pushed' },
  'suppress-unused': { observe: pushOnly, bad: 'pushed', good: 'pushed' },
};
