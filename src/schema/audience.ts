import type { Condition } from './condition';
import type { Fact } from './facts';
import type { SchemaModel } from './model';

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

/** AND narrows to the narrowest of its parts, OR widens to the widest. */
export function audienceOf(
  condition: Condition,
  fact: (condition: Condition & { kind: 'atom' }) => Fact,
  model: SchemaModel,
): Audience {
  if (condition.kind === 'atom') return audienceOfFact(fact(condition), model);
  const ranks = condition.parts.map(part => AUDIENCES.indexOf(audienceOf(part, fact, model)));
  const rank = condition.kind === 'all' ? Math.min(...ranks) : Math.max(...ranks);
  return AUDIENCES[rank] ?? 'unknown';
}

/** Whether a predicate lets nobody pass but those the row belongs to. */
export function isTiedToSubject(audience: Audience): boolean {
  return AUDIENCES.indexOf(audience) <= AUDIENCES.indexOf('members');
}

/** Whether `audience` lets more callers pass than `other`; false where either is unknown. */
export function isWider(audience: Audience, other: Audience): boolean {
  if (audience === 'unknown' || other === 'unknown') return false;
  return AUDIENCES.indexOf(audience) > AUDIENCES.indexOf(other);
}

function audienceOfFact(fact: Fact, model: SchemaModel): Audience {
  switch (fact.kind) {
    case 'owner':
    case 'owner-pattern':
      return 'owner';
    case 'not-owner':
      return 'others';
    case 'derived':
      return 'members';
    case 'signed-in':
      return 'signed-in';
    case 'signed-out':
      return 'signed-out';
    case 'certain-users':
      return 'certain-users';
    case 'database-role':
      // All users of a project share one database role.
      return 'signed-in';
    case 'literal':
    case 'row':
      return 'row-decides';
    case 'constant':
      return fact.value ? 'everybody' : 'nobody';
    case 'related':
      return relatedAudience(fact, model);
    case 'function':
      if (!fact.mentionsSubject) return 'unknown';
      return fact.correlated ? 'members' : 'certain-users';
    case 'unknown':
      return 'unknown';
  }
}

/** A subquery over a table with row security sees the caller's rows only, and so proves as much as the subject does. */
function relatedAudience(
  { relations, mentionsSubject, correlated }: Fact & { kind: 'related' },
  model: SchemaModel,
): Audience {
  if (mentionsSubject) return correlated ? 'members' : 'certain-users';
  const tables = relations.map(key => model.tables.get(key));
  if (tables.some(table => table?.rowSecurity === undefined)) return 'unknown';
  if (!tables.some(table => table?.rowSecurity)) return correlated ? 'row-decides' : 'unknown';
  return correlated ? 'members' : 'unknown';
}
