import { type Observations } from './observation';

export const OBSERVATIONS: Observations = {};
