import { AUTHENTICATED } from '../flux/engine';
import { narrowest, widest, type Audience } from './audience';
import type { SchemaModel } from './model';
import type { Table } from './objects';
import { tiedTo, type RowSource, type World } from './worlds';

const KNOWN = new WeakMap<SchemaModel, Map<Table, Audience>>();

/** Whose rows of a table a signed-in caller can read, as its policies for SELECT tell. */
export function readersOf(table: Table | undefined, model: SchemaModel): Audience {
  if (table?.rowSecurity === undefined) return 'unknown';
  if (!table.rowSecurity) return 'everybody';
  const known = KNOWN.get(model) ?? new Map<Table, Audience>();
  KNOWN.set(model, known);
  const before = known.get(table);
  if (before) return before;
  // A policy that reads its own table comes back here before it is answered.
  known.set(table, 'unknown');
  const through = (permissive: boolean): Audience[] =>
    model
      .policiesFor(table, 'select')
      .filter(policy => policy.permissive === permissive && model.appliesTo(policy, AUTHENTICATED))
      .map(({ using }) => using?.audience ?? (permissive ? 'nobody' : 'everybody'));
  const audience = narrowest([widest(through(true)), ...through(false)]);
  known.set(table, audience);
  return audience;
}

/** Who gets a row past one of several ways of being true. */
export function audienceOfWorlds(worlds: readonly World[], model: SchemaModel): Audience {
  return widest(worlds.map(world => audienceOfWorld(world, model)));
}

function audienceOfWorld(world: World, model: SchemaModel): Audience {
  const bySubject = tiedTo('subject', world);
  const isRow = (knot: unknown): boolean => typeof knot === 'object' && (knot as RowSource).of === 'own';
  const row = [...world.ties.flat(), ...world.filtered].find(isRow);
  if (row && bySubject.has(row))
    return world.ties.some(pair => isOwnerTie(pair, isRow)) ? 'owner' : 'members';
  const byRow = row ? tiedTo(row, world) : new Set();
  const limits = world.sources.map(source => {
    const readers = source.asOwner ? 'everybody' : readersOf(source.table, model);
    return byRow.has(source) ? ofTheRow(readers) : beside(readers, bySubject.has(source));
  });
  if (world.certain) limits.push('certain-users');
  if (row && (byRow.size > 1 || world.filtered.includes(row))) limits.push('row-decides');
  if (world.filtered.includes('subject')) limits.push('signed-in');
  const audience = narrowest(limits);
  // What was not understood may tie the two after all.
  if (world.unclear && audience !== 'members') return 'unknown';
  // A query about other things, such as a switch for the whole table.
  return audience === 'everybody' && world.sources.length > 0 ? 'unknown' : audience;
}

function isOwnerTie(pair: readonly unknown[], isRow: (knot: unknown) => boolean): boolean {
  return pair.includes('subject') && pair.some(isRow);
}

/** A source that belongs to the row and shows the caller's own rows only proves as much as the subject does. */
function ofTheRow(readers: Audience): Audience {
  switch (readers) {
    case 'nobody':
    case 'signed-out':
    case 'owner':
      return 'members';
    case 'signed-in':
    case 'everybody':
      return 'row-decides';
    default:
      return readers;
  }
}

/** A source that has nothing to do with the row can only tell callers apart. */
function beside(readers: Audience, isSubjects: boolean): Audience {
  if (isSubjects) return 'certain-users';
  switch (readers) {
    case 'nobody':
    case 'signed-out':
    case 'owner':
    case 'members':
      return 'certain-users';
    case 'others':
    case 'row-decides':
    case 'signed-in':
      return 'everybody';
    default:
      return readers;
  }
}
