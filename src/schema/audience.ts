import type { Condition } from './condition';
import type { Fact } from './facts';

/**
 * Who gets a row past a predicate, from the narrowest to the widest:
 * - `nobody`: it cannot be true
 * - `signed-out`: only callers without a subject
 * - `owner`: the row's column is the subject
 * - `members`: the subject is tied to the row through a claim, another table or a function that asks for the subject
 * - `certain-users`: some subjects, whatever the row
 * - `unknown`: the files cannot tell
 * - `others`: everybody but the owner
 * - `row-decides`: whoever asks; some rows
 * - `signed-in`: whoever has a token; every row
 * - `everybody`: always true
 */
export const AUDIENCES = [
  'nobody',
  'signed-out',
  'owner',
  'members',
  'certain-users',
  'unknown',
  'others',
  'row-decides',
  'signed-in',
  'everybody',
] as const;
export type Audience = (typeof AUDIENCES)[number];

type AtomOf = Condition & { readonly kind: 'atom' };

/** AND narrows to the narrowest of its parts, OR widens to the widest. */
export function audienceOf(condition: Condition, fact: (atom: AtomOf) => Fact): Audience {
  if (condition.kind === 'atom') return audienceOfFact(fact(condition));
  const parts = condition.parts.map(part => audienceOf(part, fact));
  return condition.kind === 'all' ? narrowest(parts) : widest(parts);
}

/** One way past a predicate: the atom that decides who takes it. */
export interface Way {
  readonly atom: AtomOf;
  readonly audience: Audience;
}

/** The ways past a condition: every branch of an OR, and of an AND the part that lets the fewest through. */
export function waysPast(condition: Condition, fact: (atom: AtomOf) => Fact): Way[] {
  if (condition.kind === 'atom') return [{ atom: condition, audience: audienceOfFact(fact(condition)) }];
  if (condition.kind === 'any') return condition.parts.flatMap(part => waysPast(part, fact));
  const audience = audienceOf(condition, fact);
  const deciding = condition.parts.find(part => audienceOf(part, fact) === audience);
  return deciding ? waysPast(deciding, fact) : [];
}

export function widest(audiences: readonly Audience[]): Audience {
  return AUDIENCES.findLast(audience => audiences.includes(audience)) ?? 'nobody';
}

export function narrowest(audiences: readonly Audience[]): Audience {
  return AUDIENCES.find(audience => audiences.includes(audience)) ?? 'everybody';
}

/** Whether a predicate lets nobody pass but those the row belongs to. */
export function isTiedToSubject(audience: Audience): boolean {
  return rank(audience) <= rank('members');
}

/** Whether `audience` lets more callers pass than `other`; false where either is unknown. */
export function isWider(audience: Audience, other: Audience): boolean {
  if (audience === 'unknown' || other === 'unknown') return false;
  return rank(audience) > rank(other);
}

function rank(audience: Audience): number {
  return AUDIENCES.indexOf(audience);
}

function audienceOfFact(fact: Fact): Audience {
  switch (fact.kind) {
    case 'owner':
    case 'owner-pattern':
      return 'owner';
    case 'not-owner':
      return 'others';
    case 'signed-in':
    case 'signed-out':
    case 'certain-users':
      return fact.kind;
    case 'database-role':
      // All users of a project share one database role.
      return 'signed-in';
    case 'literal':
    case 'row':
      return 'row-decides';
    case 'constant':
      return fact.value ? 'everybody' : 'nobody';
    case 'derived':
    case 'related':
    case 'function':
      return fact.audience;
    case 'unknown':
      return 'unknown';
  }
}
