import { randomUUID } from 'node:crypto';
import {
  linkColumns,
  type PlannedColumn,
  type PlannedForeignKey,
  type RowValue,
  type TablePlan,
} from './table-plan';
import { TEXT_TYPES, valueFor } from './row-values';

/** What a row is made for. */
export interface RowRequest {
  /** The owner column or the link to the parent, and every reference to a row of another table. */
  readonly fixed: Readonly<Record<string, RowValue>>;
  /** Unique to the row, and shows where it is from. */
  readonly marker: string;
  /** Values that a person gave for columns of the table. */
  readonly given: Readonly<Record<string, RowValue>>;
}

/** A row to insert, and what finds it again. */
export interface NewRow {
  readonly values: Readonly<Record<string, RowValue>>;
  /** The columns of the plan's key with their values as text; undefined where PostgreSQL makes one of them. */
  readonly key: Readonly<Record<string, string>> | undefined;
  /** A column whose text is made of the marker, so that no other row has it: as it is, where a column takes that. */
  readonly markerColumn: string | undefined;
}

/** Why no valid row can be made from what is known; `reason` ends the sentence "it has to be given, and …". */
export interface CannotMake {
  readonly column: string;
  readonly reason: string;
}

/** A row that breaks nothing the plan tells, with what has to be sent and little else. */
export function makeRow(plan: TablePlan, { fixed, marker, given }: RowRequest): NewRow | CannotMake {
  const names = new Set(plan.columns.map(({ name }) => name));
  // What the plan does not know of is sent as it is told.
  const values: Record<string, RowValue> = Object.fromEntries(
    Object.entries({ ...given, ...fixed }).filter(([name]) => !names.has(name)),
  );
  const key = keyOf(plan);
  const links = new Set([...linkColumns(plan), ...plan.foreignKeys.flatMap(({ columns }) => columns)]);
  const distinct = new Set([...key, ...plan.uniqueKeys.flat()]);
  for (const column of plan.columns) {
    const { name } = column;
    const known = fixed[name] ?? given[name];
    if (column.generated === 'always') continue;
    if (!column.insertable) {
      if (column.required) return { column: name, reason: 'the signed-in role may not send it' };
      continue;
    }
    if (known !== undefined) {
      values[name] = known;
      continue;
    }
    const isUuidKey = key.includes(name) && column.type === 'uuid' && column.generated === 'no';
    const isReference = links.has(name) || column.references !== undefined;
    if (isUuidKey && !isReference) values[name] = randomUUID();
    if (!isAskedFor(column) || isUuidKey) continue;
    const own = plan.foreignKeys.find(({ table, columns }) => table === plan.table && columns.includes(name));
    if (own) {
      // A row may point at itself, once its key is known.
      const target = values[own.targets[own.columns.indexOf(name)] ?? ''];
      if (target === undefined) return { column: name, reason: 'it points at a row of its own table' };
      values[name] = target;
      continue;
    }
    if (isReference) return { column: name, reason: 'it points at a row of another table' };
    const value = valueFor(column, marker, distinct.has(name));
    if (value === undefined) return { column: name, reason: `its type is ${column.type}` };
    values[name] = value;
  }
  const free = plan.columns.filter(({ name }) => !links.has(name) && !(name in given) && !(name in fixed));
  const plain = free.find(({ name }) => values[name] === marker);
  const optional =
    plain ?? free.find(column => !(column.name in values) && takesMarker(column, plan, marker));
  if (optional) values[optional.name] = marker;
  const marked =
    optional ?? free.find(({ name, shape }) => shape && textOf(values[name]).length >= LONG_ENOUGH);
  return { values, key: keyValues(key, values), markerColumn: marked?.name };
}

/** Characters of a text of another form that tell it from all others. */
const LONG_ENOUGH = 12;

/**
 * The foreign keys that need a row to point at: one of their columns has to be sent, or ties the row to its subject, and
 * is not in `fixed` yet.
 */
export function requiredReferences(
  plan: TablePlan,
  fixed: RowRequest['fixed'] = {},
): readonly PlannedForeignKey[] {
  const isSent = (name: string): boolean => {
    const column = plan.columns.find(each => each.name === name);
    return isAskedFor(column) || (plan.ownership.kind === 'parent' && plan.ownership.columns.includes(name));
  };
  // A key of several columns asks for nothing while one of them is NULL.
  const isFilled = (name: string): boolean =>
    isSent(name) || name in fixed || plan.columns.some(each => each.name === name && each.notNull);
  return plan.foreignKeys.filter(
    ({ columns, table }) =>
      table !== plan.table &&
      columns.every(isFilled) &&
      columns.some(isSent) &&
      columns.some(column => !(column in fixed)),
  );
}

function isAskedFor(column: PlannedColumn | undefined): boolean {
  return column !== undefined && (column.required || column.wanted === true);
}

/** A change for an UPDATE of a row that is valid and does no harm; undefined where no column may be changed. */
export function changeFor(
  plan: TablePlan,
  row: Pick<NewRow, 'values' | 'markerColumn'>,
): { readonly column: string; readonly value: RowValue } | undefined {
  const kept = new Set([
    ...keyOf(plan),
    ...linkColumns(plan),
    ...plan.policyColumns,
    ...plan.foreignKeys.flatMap(({ columns }) => columns),
  ]);
  const free = plan.columns.filter(
    column => column.updatable && column.generated !== 'always' && !kept.has(column.name),
  );
  const text = row.values[row.markerColumn ?? ''];
  const marked = free.find(({ name, shape }) => text !== undefined && row.values[name] === text && !shape);
  if (marked && typeof text === 'string') {
    const changed = `${text} changed`;
    const fits = changed.length <= (marked.maxLength ?? changed.length);
    return { column: marked.name, value: fits ? changed : text };
  }
  for (const column of free) {
    const now = JSON.stringify(row.values[column.name]);
    const other = (column.candidates ?? column.enumValues ?? []).find(value => JSON.stringify(value) !== now);
    if (other !== undefined) return { column: column.name, value: other };
  }
  const same = free.find(({ name }) => name in row.values);
  return same && { column: same.name, value: row.values[same.name] ?? null };
}

/** As {@link makeRow}, for a row that `owner` owns: with one column that finds it again. */
export function makeOwnedRow(
  plan: TablePlan,
  owner: string,
  marker: string,
):
  | {
      readonly values: NewRow['values'];
      readonly key: { readonly column: string; readonly value: string } | undefined;
    }
  | CannotMake {
  const row = makeRow(plan, { fixed: { [linkColumns(plan)[0] ?? '']: owner }, marker, given: {} });
  if ('reason' in row) return row;
  const { values, key, markerColumn } = row;
  const [column, value] = Object.entries(key ?? {})[0] ?? [];
  if (column !== undefined && value !== undefined && Object.keys(key ?? {}).length === 1)
    return { values, key: { column, value } };
  if (markerColumn === undefined) return { values, key: undefined };
  return { values, key: { column: markerColumn, value: values[markerColumn] as string } };
}

function keyOf({ key, columns }: TablePlan): readonly string[] {
  return key.length > 0 ? key : columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name);
}

function keyValues(key: readonly string[], values: NewRow['values']): NewRow['key'] {
  const pairs = key.flatMap((column): [string, string][] => {
    const value = values[column];
    return value === undefined || value === null || typeof value === 'object'
      ? []
      : [[column, textOf(value)]];
  });
  return key.length > 0 && pairs.length === key.length ? Object.fromEntries(pairs) : undefined;
}

/** Whether a text that may be NULL can hold the marker without a meaning for anybody else. */
function takesMarker(column: PlannedColumn, plan: TablePlan, marker: string): boolean {
  const { name, type, notNull, generated, insertable, references } = column;
  const isFree = !notNull && generated === 'no' && insertable && !references && TEXT_TYPES.has(type);
  const isBound = column.enumValues ?? column.candidates ?? column.shape;
  return (
    isFree &&
    !isBound &&
    !plan.policyColumns.includes(name) &&
    marker.length <= (column.maxLength ?? marker.length)
  );
}

function textOf(value: RowValue | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
