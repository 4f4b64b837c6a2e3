import { AUTHENTICATED } from '../flux/engine';
import { relationKey, type Column, type SchemaModel, type Table } from '../schema/model';
import type { PlannedColumn, PlannedForeignKey } from './table-plan';

/** Names by which the serial types are spelled in files; PostgreSQL keeps the integer types behind them. */
const SERIALS: Readonly<Record<string, string>> = {
  smallserial: 'int2',
  serial2: 'int2',
  serial: 'int4',
  serial4: 'int4',
  bigserial: 'int8',
  serial8: 'int8',
};

/** The columns of a table, as far as making a row needs them. */
export function plannedColumns(model: SchemaModel, table: Table): PlannedColumn[] {
  return [...table.columns.values()].map(column => plannedColumn(model, table, column));
}

function plannedColumn(model: SchemaModel, table: Table, column: Column): PlannedColumn {
  const { name, notNull, primaryKey } = column;
  const type = SERIALS[column.type] ?? column.type;
  const generated = generationOf(column);
  const reference = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === name);
  const target = reference && plannedForeignKey(model, reference);
  const enumValues = model.enums.get(model.keyOf(type))?.labels;
  const maxLength = type === 'varchar' || type === 'bpchar' ? column.typeModifiers[0] : undefined;
  return {
    name,
    type,
    notNull,
    required: notNull && column.default === undefined && generated === 'no',
    primaryKey,
    generated,
    insertable: generated !== 'always' && mayWrite(model, table, name, 'insert'),
    updatable: generated !== 'always' && mayWrite(model, table, name, 'update'),
    ...(target && { references: { table: target.table, column: target.targets[0] ?? 'id' } }),
    ...(enumValues && { enumValues }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

/** Foreign keys with the columns they point at, the primary key where they name none. */
export function plannedForeignKeys(model: SchemaModel, table: Table): PlannedForeignKey[] {
  return table.foreignKeys.map(key => plannedForeignKey(model, key));
}

function plannedForeignKey(
  model: SchemaModel,
  { columns, table: key, targets }: Table['foreignKeys'][number],
): PlannedForeignKey {
  const parent = model.tables.get(key);
  const primary = parent?.uniqueKeys.find(({ primary }) => primary)?.columns ?? ['id'];
  return {
    columns,
    // A table that requests cannot name keeps its schema, so that no other is taken for it.
    table: parent && model.isExposed(parent.schema) ? parent.name : key,
    targets: targets.length > 0 ? targets : primary,
  };
}

/** Undefined keys are those that files elsewhere make. */
export function keyOf(table: Table): readonly string[] {
  const primary = table.uniqueKeys.find(({ primary }) => primary);
  const isNotNull = (name: string): boolean => table.columns.get(name)?.notNull ?? false;
  return (primary ?? table.uniqueKeys.find(({ columns }) => columns.every(isNotNull)))?.columns ?? [];
}

function generationOf({ generated, alwaysGenerated, default: filled }: Column): PlannedColumn['generated'] {
  if (alwaysGenerated === true) return 'always';
  if (generated) return 'default';
  const isCounted = filled !== undefined && JSON.stringify(filled.node).includes('"nextval"');
  return isCounted ? 'default' : 'no';
}

/** A privilege on some of the columns leaves out the others; one that is not held at all leaves out the table. */
function mayWrite(
  model: SchemaModel,
  { schema, name }: Table,
  column: string,
  verb: 'insert' | 'update',
): boolean {
  const key = relationKey(schema, name);
  if (model.privileges.wholeOrigin(key, AUTHENTICATED, verb) !== undefined) return true;
  const columns = model.privileges.columnsOf(key, AUTHENTICATED, verb);
  return columns.size === 0 || columns.has(column);
}
