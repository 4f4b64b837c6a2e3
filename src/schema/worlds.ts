import type { Table } from './objects';
import type { Source } from './scope';

/** Something that columns of one row stand for: the subject, the row a policy judges, or a row of a subquery's source. */
export type Knot = 'subject' | RowSource;

/** A source of rows, as far as it matters whose rows it shows. */
export interface RowSource extends Source {
  /** The table; undefined for the policy's own row, and where the files do not tell. */
  readonly table?: Table | undefined;
  /** Read with the rights of its owner, whom row security may not concern. */
  readonly asOwner?: boolean;
}

/** One way in which a condition can be true: what equals what there, and what is read for it. */
export interface World {
  readonly ties: readonly (readonly [Knot, Knot])[];
  /** What a filter looks at without tying it to anything. */
  readonly filtered: readonly Knot[];
  readonly sources: readonly RowSource[];
  /** It asks for certain subjects: `auth.uid() = 'ann'`. */
  readonly certain: boolean;
  /** Something in it was not understood; it can only narrow. */
  readonly unclear: boolean;
}

export const EMPTY_WORLD: World = { ties: [], filtered: [], sources: [], certain: false, unclear: false };
export const UNCLEAR_WORLD: World = { ...EMPTY_WORLD, unclear: true };

/** Thrown where a condition has more ways of being true than are worth telling apart. */
export class TooManyWorlds extends Error {}

const MOST = 64;

export function merge(...worlds: readonly World[]): World {
  const [first, ...rest] = worlds.filter(world => world !== EMPTY_WORLD);
  if (!first) return EMPTY_WORLD;
  if (rest.length === 0) return first;
  const all = [first, ...rest];
  return {
    ties: all.flatMap(({ ties }) => ties),
    filtered: all.flatMap(({ filtered }) => filtered),
    sources: all.flatMap(({ sources }) => sources),
    certain: all.some(({ certain }) => certain),
    unclear: all.some(({ unclear }) => unclear),
  };
}

/** Both hold: every way of the one with every way of the other. */
export function product(left: readonly World[], right: readonly World[]): World[] {
  if (left.length * right.length > MOST) throw new TooManyWorlds();
  return left.flatMap(a => right.map(b => merge(a, b)));
}

/** What is tied to a knot, directly or by way of others, itself included. */
export function tiedTo(knot: Knot, { ties }: World): Set<Knot> {
  const found = new Set([knot]);
  // A set visits what is added while it is walked.
  for (const each of found) {
    for (const [a, b] of ties) {
      if (a === each) found.add(b);
      if (b === each) found.add(a);
    }
  }
  return found;
}
