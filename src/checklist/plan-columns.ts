import type { Node } from '@pgsql/types';
import { AUTHENTICATED } from '../flux/engine';
import { relationKey, type Column, type SchemaModel, type Table } from '../schema/model';
import type { Domain } from './plan-domains';
import { withChecks } from './plan-checks';
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

/** The columns of a table, as far as making a row needs them; `links` say whose a row is. */
export function plannedColumns(
  model: SchemaModel,
  table: Table,
  links: ReadonlySet<string>,
  domains: ReadonlyMap<string, Domain>,
): PlannedColumn[] {
  const columns = [...table.columns.values()];
  const found = columns.flatMap(({ name, type }): [string, Domain][] => {
    const domain = domains.get(type);
    return domain ? [[name, domain]] : [];
  });
  const filled = columns.flatMap((column): [string, Node][] =>
    column.default ? [[column.name, column.default.node]] : [],
  );
  return withChecks({
    columns: columns.map(column => plannedColumn(model, table, column, domains.get(column.type))),
    checks: [
      ...table.checks.map(({ node }) => ({ node })),
      ...found.flatMap(([domainOf, { checks }]) => checks.map(node => ({ node, domainOf }))),
    ],
    defaults: new Map(filled),
    links,
    distinct: new Set(table.uniqueKeys.flatMap(key => key.columns)),
  });
}

function plannedColumn(
  model: SchemaModel,
  table: Table,
  column: Column,
  domain: Domain | undefined,
): PlannedColumn {
  const { name, primaryKey } = column;
  const notNull = column.notNull || (domain?.notNull ?? false);
  const written = domain?.type ?? column.type;
  const type = SERIALS[written] ?? written;
  const generated = generationOf(column);
  const reference = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === name);
  const target = reference && plannedForeignKey(model, reference);
  const enumValues = enumNamed(model, type);
  const maxLength =
    type === 'varchar' || type === 'bpchar' ? (domain?.length ?? column.typeModifiers[0]) : undefined;
  return {
    name,
    type,
    notNull,
    required: notNull && column.default === undefined && domain?.filled !== true && generated === 'no',
    primaryKey,
    generated,
    insertable: generated !== 'always' && mayWrite(model, table, name, 'insert'),
    updatable: generated !== 'always' && mayWrite(model, table, name, 'update'),
    ...(target && { references: { table: target.table, column: target.targets[0] ?? 'id' } }),
    ...(enumValues && { enumValues }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

/** Columns name their types without a schema: one of the API schema goes first. */
function enumNamed({ enums, apiSchema = '' }: SchemaModel, type: string): readonly string[] | undefined {
  const found = enums.get(relationKey(apiSchema, type));
  return (found ?? [...enums].find(([key]) => key.endsWith(`.${type}`))?.[1])?.labels;
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

/** The primary key, else a unique key whose columns are never NULL. */
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
