import type { Column as ModelColumn, SchemaModel, Table } from '../schema/model';
import type { PlannedColumn, TablePlan } from './table-plan';

/** The tables of the project's SQL that have an owner column, each with its first. */
export function tablesWithOwner(model: SchemaModel): TablePlan[] {
  return model.exposedTables.flatMap(table => {
    const owner = model.ownerColumns(table)[0]?.name;
    return owner === undefined ? [] : [planOf(table, owner)];
  });
}

/** The plan for a table of the project's SQL by its name; undefined when the files do not make it. */
export function planFromModel(model: SchemaModel, name: string, owner?: string): TablePlan | undefined {
  const table = model.exposedTables.find(candidate => candidate.name === name);
  const column = table && (owner ?? model.ownerColumns(table)[0]?.name);
  return table && column !== undefined ? planOf(table, column) : undefined;
}

function planOf(table: Table, owner: string): TablePlan {
  return basicPlan(table.name, owner, 'sql', [...table.columns.values()].map(planColumn));
}

/** A plan of which only the owner column is known. */
export function planByHand(table: string, owner: string): TablePlan {
  return basicPlan(table, owner, 'hand', []);
}

function basicPlan(
  table: string,
  owner: string,
  source: TablePlan['source'],
  columns: readonly PlannedColumn[],
): TablePlan {
  return {
    table,
    source,
    ownership: { kind: 'column', column: owner },
    shared: false,
    columns,
    key: columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name),
    uniqueKeys: [],
    foreignKeys: [],
    expected: { read: 'unknown', insert: 'unknown', update: 'unknown', delete: 'unknown' },
    ownerDefault: 'unknown',
    policyColumns: [],
    views: [],
    functions: [],
  };
}

function planColumn(column: ModelColumn): PlannedColumn {
  return {
    name: column.name,
    type: column.type,
    notNull: column.notNull,
    required: column.notNull && column.default === undefined && !column.generated,
    primaryKey: column.primaryKey,
    generated: column.generated ? 'default' : 'no',
    insertable: true,
    updatable: true,
    ...(column.references && {
      references: { table: column.references.table, column: column.references.column ?? 'id' },
    }),
  };
}

/** Short type names for the words the OpenAPI document uses. */
const FORMATS: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  character: 'bpchar',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'time without time zone': 'time',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  boolean: 'bool',
  'double precision': 'float8',
  real: 'float4',
};

interface OpenApiProperty {
  readonly format?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly string[];
}

/**
 * The plan for a table of PostgREST's OpenAPI document. `required` there counts NOT NULL columns with a default that
 * PostgREST does not show (serial, identity), so a required key of a number type counts as made by PostgreSQL.
 */
export function planFromOpenApi(document: unknown, table: string, owner: string): TablePlan | undefined {
  const definitions = (document as { definitions?: Record<string, unknown> } | null)?.definitions;
  const definition = definitions?.[table] as
    { required?: readonly string[]; properties?: Record<string, OpenApiProperty> } | undefined;
  if (!definition?.properties) return undefined;
  const columns = Object.entries(definition.properties).map(([name, property]): PlannedColumn => {
    const type = FORMATS[property.format ?? ''] ?? property.format ?? 'text';
    const primaryKey = property.description?.includes('<pk/>') ?? false;
    const generated = primaryKey && type.startsWith('int') && property.default === undefined;
    return {
      name,
      type,
      required: (definition.required ?? []).includes(name) && property.default === undefined && !generated,
      notNull: (definition.required ?? []).includes(name),
      primaryKey,
      generated: generated ? 'default' : 'no',
      insertable: true,
      updatable: true,
      ...referenceOf(property.description),
      ...(property.enum && { enumValues: property.enum }),
    };
  });
  return basicPlan(table, owner, 'gateway', columns);
}

/** PostgREST tells a foreign key in the description of its column. */
function referenceOf(description = ''): Pick<PlannedColumn, 'references'> {
  const [, table, column] = /<fk table='([^']+)' column='([^']+)'\/>/.exec(description) ?? [];
  return table !== undefined && column !== undefined ? { references: { table, column } } : {};
}
