import { randomInt, randomUUID } from 'node:crypto';
import type { PlannedColumn, RowValue } from './table-plan';

/** Types whose values can carry the marker that finds the row again. */
export const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);

/** A value that a column takes; unlike other rows' where it has to be distinct. Undefined where its type has none. */
export function valueFor(column: PlannedColumn, marker: string, distinct: boolean): RowValue | undefined {
  const { type, enumValues, candidates, maxLength } = column;
  const choices = candidates ?? enumValues;
  if (choices && choices.length > 0) return choices[distinct ? randomInt(choices.length) : 0];
  if (TEXT_TYPES.has(type)) return maxLength === undefined ? marker : marker.slice(-maxLength);
  if (type.endsWith('[]')) return [];
  if (type === 'uuid') return randomUUID();
  return distinct ? distinctValue(type) : SIMPLE[type];
}

const DAY = 86_400_000;

/** Numbers are high enough to stay clear of keys that were counted up. */
function distinctValue(type: string): RowValue | undefined {
  const day = new Date(Date.UTC(2000, 0, 1) + randomInt(30_000) * DAY).toISOString();
  switch (type) {
    case 'int2':
      return randomInt(20_000, 32_767);
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'float8':
      return randomInt(1_000_000_000, 2_147_483_647);
    case 'date':
      return day.slice(0, 10);
    case 'timestamp':
    case 'timestamptz':
      return day;
    default:
      return SIMPLE[type];
  }
}

const SIMPLE: Readonly<Record<string, RowValue>> = {
  int2: 1,
  int4: 1,
  int8: 1,
  numeric: 1,
  float4: 1,
  float8: 1,
  money: 1,
  bool: false,
  json: {},
  jsonb: {},
  date: '2000-01-01',
  timestamp: '2000-01-01T00:00:00Z',
  timestamptz: '2000-01-01T00:00:00Z',
  time: '12:00:00',
  timetz: '12:00:00Z',
  interval: '1 day',
  inet: '192.0.2.1',
  cidr: '192.0.2.0/24',
  macaddr: '00:00:5e:00:53:01',
  bytea: '\\x00',
};
