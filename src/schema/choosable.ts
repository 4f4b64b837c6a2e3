import { AUTHENTICATED } from '../flux/engine';
import { relationKey, type SchemaModel } from './model';
import type { Table } from './objects';

/**
 * Whether signed-in callers can choose what one of the columns is written with. A BEFORE trigger may decide it for them,
 * and so may privileges on other columns alone. Where nothing is granted at all the policies are judged as if it were.
 */
export function isChoosable(
  table: Table,
  columns: readonly string[],
  verb: 'insert' | 'update',
  { triggers, privileges }: SchemaModel,
): boolean {
  const key = relationKey(table.schema, table.name);
  if (triggers.some(each => each.table === key && each.before && each.events.has(verb))) return false;
  const granted = privileges.columnsOf(key, AUTHENTICATED, verb);
  if (granted.size === 0 || privileges.wholeOrigin(key, AUTHENTICATED, verb) !== undefined) return true;
  return columns.some(column => granted.has(column));
}
