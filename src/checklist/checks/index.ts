import type { Check } from './check';
import crossRead from './cross-read';
import forgedInsert from './forged-insert';
import ownRowsOnly from './own-rows-only';
import signedOut from './signed-out';

/** The guide's four points, in its order. */
export const CHECKS: readonly Check[] = [signedOut, ownRowsOnly, forgedInsert, crossRead];
