import type { Engine } from '../flux/engine';
import type { Verb } from './check-ids';
import { hasOneRowEach } from './one-row-each';
import { linkColumns, type TablePlan } from './table-plan';
import type { CheckId } from './verdict';

/** What checks find out about a table depends on, besides its plan. */
export interface TableFacts {
  readonly plan: TablePlan;
  readonly engine: Engine;
  /** The checks that are asked of the table. */
  readonly checks: ReadonlySet<CheckId>;
  /** What requests may do: signed in, and on v1 signed out. */
  readonly granted: ReadonlySet<Verb>;
  readonly anonymous: ReadonlySet<Verb>;
  /** A BEFORE trigger speaks of the owner column: a forged owner may not stand. */
  readonly ownerIsReplaced: boolean;
  /** Whether the view, or the function, asks the policies as whoever calls it. */
  readonly hasInvokingView: boolean;
  readonly hasInvokingFunction: boolean;
  /** It points at rows of another table that belong to somebody. */
  readonly hasOwnedParent: boolean;
}

/** Whom a policy lets at rows of others. */
export interface Opening {
  /** Requests without a token as well: it speaks of `anon`. */
  readonly anonymous: boolean;
  /** Only with a subject: `auth.uid() is not null`. */
  readonly needsSubject: boolean;
}

/** What is open of a table: rows that can be read, changed or deleted, and rows that may be written. */
export interface Openings {
  readonly read?: Opening;
  readonly insert?: Opening;
  /** USING of UPDATE. */
  readonly found?: Opening;
  /** WITH CHECK of UPDATE. */
  readonly written?: Opening;
  readonly delete?: Opening;
}

/**
 * Checks that cannot pass any more once rows are open. A filter or RETURNING asks the SELECT policy as well, so that what
 * UPDATE and DELETE open shows by requests without one, unless SELECT is open, too.
 */
export function openedChecks(facts: TableFacts, open: Openings): CheckId[] {
  const { plan, engine, granted, anonymous } = facts;
  const links = plan.columns.filter(({ name }) => linkColumns(plan).includes(name));
  const sendsOwner = links.every(({ insertable }) => insertable) && !facts.ownerIsReplaced;
  const changesOwner = links.every(({ updatable }) => updatable);
  const held = <T>(verb: Verb, opening: T | undefined): T | undefined =>
    granted.has(verb) ? opening : undefined;
  const read = held('read', open.read);
  const insert = held('insert', open.insert);
  const found = held('update', open.found);
  const written = held('update', open.written);
  const deleted = held('delete', open.delete);
  const checks: (CheckId | false | undefined)[] = [];
  if (read) {
    checks.push('own-rows-only', 'cross-read');
    checks.push(facts.hasInvokingView && 'view-read', facts.hasInvokingFunction && 'function-read');
  }
  if (insert && sendsOwner) checks.push('forged-insert', 'bulk-insert', 'child-of-other');
  if (insert && links.some(({ notNull }) => !notNull) && plan.ownerDefault === 'none') {
    checks.push('insert-without-owner');
  }
  if (read && found && (written ?? changesOwner)) checks.push('update-other');
  if (read && written && changesOwner) checks.push('give-away');
  if (found ?? (written && changesOwner)) checks.push('update-unfiltered');
  if (read && found && granted.has('insert') && canUpsert(plan)) checks.push('upsert-other');
  if (read && deleted) checks.push('delete-other');
  if (deleted) checks.push('delete-unfiltered');
  if (engine === 'v1_dedicated') {
    const nobody = (verb: Verb, ...openings: (Opening | undefined)[]): boolean =>
      anonymous.has(verb) && openings.every(opening => opening?.anonymous && !opening.needsSubject);
    if (nobody('read', read)) checks.push('signed-out', 'empty-token');
    if (read && !read.needsSubject) checks.push('no-sub');
    if (read?.anonymous && anonymous.has('read')) checks.push('no-role');
    if (nobody('insert', open.insert)) checks.push('signed-out-insert');
    const hasFreeKey = plan.columns.some(({ name, updatable }) => plan.key.includes(name) && updatable);
    if (nobody('update', open.found, open.written) && (hasFreeKey || nobody('read', read)))
      checks.push('signed-out-update');
    if (nobody('read', read) && nobody('delete', open.delete)) checks.push('signed-out-delete');
  }
  return only(facts, checks);
}

/** How a verb is closed to the subjects: no policy lets them, or the privilege is missing. */
export type Closing = 'policy' | 'privilege';

/** Checks that cannot pass any more once the subjects may not do what the project's SQL means them to do. */
export function closedChecks(facts: TableFacts, verbs: ReadonlySet<Verb>, by: Closing): CheckId[] {
  const { engine, plan, anonymous } = facts;
  const isV1 = engine === 'v1_dedicated';
  const checks: (CheckId | false)[] = [];
  const upsert = canUpsert(plan) && 'upsert-other';
  const ownUpsert = isToldByKey(plan) && 'upsert-other';
  if (verbs.has('insert')) {
    checks.push('insert-own', 'insert-without-owner', 'forged-insert', 'bulk-insert', 'child-of-other');
    checks.push(isV1 && anonymous.has('insert') && 'signed-out-insert');
  }
  // Without rows that their subjects see, a request that shows or reaches none proves nothing.
  if (verbs.has('insert') || verbs.has('read')) {
    checks.push('read-own', 'own-rows-only', 'cross-read', 'view-read', 'function-read', ownUpsert);
    checks.push('update-own', 'update-other', 'give-away', 'update-unfiltered');
    checks.push('delete-own', 'delete-other', 'delete-unfiltered');
    const isFilledIn = plan.ownerDefault !== 'none' && plan.expected.insert !== 'refused';
    checks.push(isFilledIn && 'insert-without-owner');
    if (facts.ownerIsReplaced) checks.push('forged-insert', 'bulk-insert');
    if (isV1) {
      if (anonymous.has('read')) checks.push('signed-out', 'empty-token', 'no-role');
      checks.push((verbs.has('insert') || by === 'policy') && 'no-sub');
      checks.push('signed-out-update', 'signed-out-delete');
    }
  }
  if (verbs.has('update')) {
    checks.push('update-own', 'update-other', 'give-away', 'update-unfiltered', upsert);
    checks.push(isV1 && anonymous.has('update') && 'signed-out-update');
  }
  if (verbs.has('delete')) {
    checks.push('delete-own', 'delete-other', 'delete-unfiltered');
    checks.push(isV1 && anonymous.has('delete') && 'signed-out-delete');
  }
  return only(facts, checks);
}

function only(
  { checks, plan, hasOwnedParent }: TableFacts,
  ids: readonly (CheckId | false | undefined)[],
): CheckId[] {
  const isIdle = (id: CheckId): boolean =>
    (id === 'bulk-insert' && hasOneRowEach(plan)) || (id === 'child-of-other' && !hasOwnedParent);
  return [...checks].filter(id => ids.includes(id) && !isIdle(id));
}

/** Whether an upsert can take a row of another's: it sends the key and all that is required, and changes them. */
export function canUpsert(plan: TablePlan): boolean {
  const { key, columns } = plan;
  if (!isToldByKey(plan)) return false;
  return columns
    .filter(({ name, required }) => required || key.includes(name))
    .every(({ insertable, updatable }) => insertable && updatable);
}

/** Whether rows have a key that does not say whose they are. */
function isToldByKey(plan: TablePlan): boolean {
  return plan.key.length > 0 && !plan.key.some(column => linkColumns(plan).includes(column));
}
