import type { Engine } from '../../flux/engine';
import type { TablePlan } from '../table-plan';
import { CHECK_IDS } from '../verdict';
import bulkInsert from './bulk-insert';
import type { Check } from './check';
import childOfOther from './child-of-other';
import deleteOther from './delete-other';
import deleteOwn from './delete-own';
import { functionRead, viewRead } from './doors';
import forgedInsert from './forged-insert';
import giveAway from './give-away';
import insertOwn from './insert-own';
import insertWithoutOwner from './insert-without-owner';
import { crossRead, ownRowsOnly, readOwn } from './reads';
import { sharedDelete, sharedInsert, sharedRead, sharedUpdate } from './shared';
import { signedOut, tokenFaults } from './signed-out';
import { signedOutWrites } from './signed-out-writes';
import { deleteUnfiltered, updateUnfiltered } from './unfiltered';
import updateOther from './update-other';
import updateOwn from './update-own';
import upsertOther from './upsert-other';

/** Everything that can be asked of a table, in the order of asking: whether rows can be removed again comes first. */
export const CHECKS: readonly Check[] = [
  deleteOwn,
  signedOut,
  ...tokenFaults,
  ...signedOutWrites,
  readOwn,
  ownRowsOnly,
  crossRead,
  viewRead,
  functionRead,
  insertOwn,
  insertWithoutOwner,
  forgedInsert,
  bulkInsert,
  upsertOther,
  childOfOther,
  updateOwn,
  updateOther,
  giveAway,
  updateUnfiltered,
  deleteUnfiltered,
  deleteOther,
  sharedRead,
  sharedInsert,
  sharedUpdate,
  sharedDelete,
];

/** The checks for one table, in the order of asking. */
export function checksFor(plan: TablePlan, engine: Engine): Check[] {
  return CHECKS.filter(check => check.isFor(plan, engine));
}

/** Results in the order of a report. */
export function inOrder<T extends { readonly check: (typeof CHECK_IDS)[number] }>(
  results: readonly T[],
): T[] {
  return [...results].sort((one, other) => CHECK_IDS.indexOf(one.check) - CHECK_IDS.indexOf(other.check));
}
