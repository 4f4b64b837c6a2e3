import { OWNER_NAMES } from '../schema/ownership';
import { parentsFirst } from './plan-order';
import type {
  ChecklistPlan,
  Ownership,
  PlannedColumn,
  PlannedForeignKey,
  TableChoices,
  TablePlan,
} from './table-plan';
import type { NotChecked } from './verdict';

/** Short type names for the words the OpenAPI document uses. */
const FORMATS: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  character: 'bpchar',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  'time with time zone': 'timetz',
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
  readonly maxLength?: number;
}

interface OpenApiDefinition {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiProperty>>;
}

/**
 * The plan for the relations of PostgREST's OpenAPI root document. It shows no policies, privileges, CHECKs or unique
 * keys, and tells views from tables by nothing: the owner column is known by name only.
 */
export function planFromGateway(document: unknown, choices: TableChoices): ChecklistPlan {
  const tables: TablePlan[] = [];
  const notChecked: NotChecked[] = [];
  for (const [table, definition] of Object.entries(definitionsOf(document))) {
    const columns = plannedColumns(definition);
    const owner = choices.owners[table] ?? columns.find(({ name }) => OWNER_NAMES.has(name))?.name;
    const shared = choices.shared.includes(table);
    if (choices.excluded.includes(table)) notChecked.push({ table, reason: 'it was left out on purpose' });
    else if (owner !== undefined)
      tables.push(planOf(table, columns, { kind: 'column', column: owner }, shared));
    else if (shared) tables.push(planOf(table, columns, { kind: 'nobody' }, true));
    else notChecked.push({ table, reason: NO_OWNER });
  }
  return { tables: parentsFirst(tables), notChecked };
}

const NO_OWNER =
  'the gateway shows no policies and no column has the name of an owner: name one, or mark the table as shared';

/** The plan for one table of PostgREST's OpenAPI document; undefined when it is not there. */
export function planFromOpenApi(document: unknown, table: string, owner: string): TablePlan | undefined {
  const definition = definitionsOf(document)[table];
  if (!definition?.properties) return undefined;
  return planOf(table, plannedColumns(definition), { kind: 'column', column: owner }, false);
}

function definitionsOf(document: unknown): Readonly<Record<string, OpenApiDefinition>> {
  return (document as { definitions?: Record<string, OpenApiDefinition> } | null)?.definitions ?? {};
}

function planOf(
  table: string,
  columns: readonly PlannedColumn[],
  ownership: Ownership,
  shared: boolean,
): TablePlan {
  const key = columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name);
  return {
    table,
    source: 'gateway',
    ownership,
    shared,
    columns,
    key,
    uniqueKeys: key.length > 0 ? [key] : [],
    foreignKeys: columns.flatMap(foreignKeyOf),
    expected: { read: 'unknown', insert: 'unknown', update: 'unknown', delete: 'unknown' },
    ownerDefault: 'unknown',
    policyColumns: ownership.kind === 'column' ? [ownership.column] : [],
    views: [],
    functions: [],
  };
}

function foreignKeyOf({ name, references }: PlannedColumn): PlannedForeignKey[] {
  return references ? [{ columns: [name], table: references.table, targets: [references.column] }] : [];
}

/**
 * `required` there counts NOT NULL columns with a default that PostgREST does not show (serial, identity), so a
 * required key of a number type counts as made by PostgreSQL.
 */
function plannedColumns({ required = [], properties = {} }: OpenApiDefinition): PlannedColumn[] {
  return Object.entries(properties).map(([name, property]): PlannedColumn => {
    const type = FORMATS[property.format ?? ''] ?? property.format ?? 'text';
    const primaryKey = property.description?.includes('<pk/>') ?? false;
    const reference = referenceOf(property.description);
    const generated =
      primaryKey && type.startsWith('int') && property.default === undefined && !reference.references;
    return {
      name,
      type,
      required: required.includes(name) && property.default === undefined && !generated,
      notNull: required.includes(name),
      primaryKey,
      generated: generated ? 'default' : 'no',
      insertable: true,
      updatable: true,
      ...reference,
      ...(property.enum && { enumValues: property.enum }),
      ...(property.maxLength !== undefined && { maxLength: property.maxLength }),
    };
  });
}

/** PostgREST tells a foreign key in the description of its column. */
function referenceOf(description = ''): Pick<PlannedColumn, 'references'> {
  const [, table, column] = /<fk table='([^']+)' column='([^']+)'\/>/.exec(description) ?? [];
  return table !== undefined && column !== undefined ? { references: { table, column } } : {};
}
