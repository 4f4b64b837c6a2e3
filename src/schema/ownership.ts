import type { Table } from './objects';

/** Names that mean "the row's owner" where no policy says which column it is. */
export const OWNER_NAMES: ReadonlySet<string> = new Set([
  'owner_id',
  'user_id',
  'owner',
  'user_sub',
  'owner_sub',
  'member_sub',
  'author_id',
  'created_by',
  'account_id',
  'subject',
]);

/** Facts that speak of callers, and not of whose a row is. */
const OF_CALLERS: ReadonlySet<string> = new Set([
  'signed-in',
  'signed-out',
  'certain-users',
  'row',
  'literal',
  'constant',
]);

/** Whether a policy says by means of the subject whose the rows are. */
export function isTold({ policies }: Table): boolean {
  return policies
    .flatMap(({ using, check }) => [using, check])
    .some(
      predicate => predicate?.mentionsSubject && predicate.facts.some(({ kind }) => !OF_CALLERS.has(kind)),
    );
}

/** Whether a policy lets those at a row to whom it belongs, by whatever proof. */
export function isTied({ policies }: Table): boolean {
  return policies
    .flatMap(({ using, check }) => [using, check])
    .some(predicate => predicate?.audience === 'owner' || predicate?.audience === 'members');
}
