import type { SchemaModel, Table } from '../schema/model';
import { keyOf, plannedColumns, plannedForeignKeys } from './plan-columns';
import { OwnershipReader } from './plan-ownership';
import type { ChecklistPlan, Ownership, TableChoices, TablePlan } from './table-plan';
import { parentsFirst } from './plan-order';
import type { NotChecked } from './verdict';

/** The plan for every table of the API schema that the project's SQL makes. */
export function planTables(model: SchemaModel, choices: TableChoices): ChecklistPlan {
  const owners = new OwnershipReader(model, choices);
  const tables: TablePlan[] = [];
  const notChecked: NotChecked[] = [];
  for (const table of servedTables(model)) {
    const reason = choices.excluded.includes(table.name) ? EXCLUDED : reasonToLeaveOut(model, table);
    const found = reason === undefined ? owners.read(table) : { reason };
    if ('reason' in found) notChecked.push({ table: table.name, reason: found.reason });
    else tables.push(tablePlan(model, table, found.ownership, found.shared));
  }
  return { tables: parentsFirst(tables), notChecked };
}

const EXCLUDED = 'it was left out on purpose';

/** Tables that requests to the project's API schema can name. */
export function servedTables(model: SchemaModel): Table[] {
  const own = model.ownSchema ?? model.apiSchema;
  return model.exposedTables.filter(({ schema }) => own === undefined || schema === '' || schema === own);
}

function reasonToLeaveOut(model: SchemaModel, table: Table): string | undefined {
  if (table.kind === 'foreign table') return 'a foreign table has no row-level security of its own';
  const whole = table.parents.map(key => model.tables.get(key)).find(parent => parent?.partitioned);
  if (whole) return `it is a partition of ${whole.name}, through which its rows are asked for`;
  return undefined;
}

/** What the SQL tells of one table. */
export function tablePlan(model: SchemaModel, table: Table, ownership: Ownership, shared = false): TablePlan {
  return {
    table: table.name,
    source: 'sql',
    ownership,
    shared,
    columns: plannedColumns(model, table),
    key: keyOf(table),
    uniqueKeys: table.uniqueKeys.map(({ columns }) => columns),
    foreignKeys: plannedForeignKeys(model, table),
    expected: { read: 'unknown', insert: 'unknown', update: 'unknown', delete: 'unknown' },
    ownerDefault: 'unknown',
    policyColumns: policyColumns(table),
    views: [],
    functions: [],
  };
}

/** Columns of the table's own rows that its policies speak of. */
function policyColumns({ policies }: Table): string[] {
  const uses = policies.flatMap(({ using, check }) => [...(using?.columns ?? []), ...(check?.columns ?? [])]);
  return [...new Set(uses.flatMap(({ of, column }) => (of === 'own' ? column : [])))];
}
