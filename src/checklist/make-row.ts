import { randomInt, randomUUID } from 'node:crypto';
import { linkColumns, type PlannedColumn, type RowValue, type TablePlan } from './table-plan';

/** A row to insert and the column that finds it again, where its value is known before the insert. */
export interface NewRow {
  readonly values: Readonly<Record<string, unknown>>;
  readonly key: { readonly column: string; readonly value: string } | undefined;
}

/** Why no valid row can be made from what is known. */
export interface CannotMake {
  readonly column: string;
  readonly reason: string;
}

/** Types whose values can carry the marker that finds the row again. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'citext', 'name']);

/** A row that `owner` owns and that breaks nothing the plan tells; `marker` is unique to it and shows where it is from. */
export function makeRow(plan: TablePlan, owner: string, marker: string): NewRow | CannotMake {
  const { columns } = plan;
  const ownerColumn = linkColumns(plan)[0] ?? '';
  const values: Record<string, unknown> = { [ownerColumn]: owner };
  let key: NewRow['key'];
  for (const column of columns) {
    if (column.name === ownerColumn) continue;
    if (column.primaryKey && column.generated === 'no' && column.type === 'uuid') {
      const value = randomUUID();
      values[column.name] = value;
      key = { column: column.name, value };
    } else if (column.required) {
      if (column.references) return { column: column.name, reason: 'it points at a row of another table' };
      const value =
        column.primaryKey && column.type.startsWith('int') ? randomKey(column) : valueFor(column, marker);
      if (value === undefined) return { column: column.name, reason: `its type is ${column.type}` };
      values[column.name] = value;
      if (column.primaryKey || (TEXT_TYPES.has(column.type) && !column.enumValues)) {
        key ??= { column: column.name, value: typeof value === 'object' ? '' : String(value) };
      }
    }
  }
  return { values, key };
}

/** High enough to stay clear of keys that were counted up. */
function randomKey({ type }: PlannedColumn): number {
  return type === 'int2' ? randomInt(20_000, 32_767) : randomInt(1_000_000_000, 2_147_483_647);
}

function valueFor({ type, enumValues }: PlannedColumn, marker: string): RowValue | undefined {
  if (enumValues?.[0] !== undefined) return enumValues[0];
  if (TEXT_TYPES.has(type)) return marker;
  if (type.endsWith('[]')) return [];
  switch (type) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'float4':
    case 'float8':
      return 1;
    case 'bool':
      return false;
    case 'uuid':
      return randomUUID();
    case 'json':
    case 'jsonb':
      return {};
    case 'date':
      return '2000-01-01';
    case 'timestamp':
    case 'timestamptz':
      return '2000-01-01T00:00:00Z';
    case 'time':
    case 'timetz':
      return '12:00:00';
    default:
      return undefined;
  }
}
