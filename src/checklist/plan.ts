import type { SchemaModel } from '../schema/model';
import { planTables, servedTables, tablePlan } from './plan-from-model';
import { planFromGateway as planDocument } from './plan-from-openapi';
import { NO_CHOICES, type ChecklistPlan, type TableChoices, type TablePlan } from './table-plan';

export { planFromOpenApi } from './plan-from-openapi';

/** The tables of the project's SQL to be checked, parents before their children, and why others are not. */
export function planChecklist(model: SchemaModel, choices: TableChoices = NO_CHOICES): ChecklistPlan {
  return planTables(model, choices);
}

/** The tables to be checked as the gateway's OpenAPI root document shows them, where no SQL is at hand. */
export function planFromGateway(document: unknown, choices: TableChoices = NO_CHOICES): ChecklistPlan {
  return planDocument(document, choices);
}

/** A plan of which only the owner column is known. */
export function planByHand(table: string, owner: string): TablePlan {
  return {
    table,
    source: 'hand',
    ownership: { kind: 'column', column: owner },
    shared: false,
    columns: [],
    key: [],
    uniqueKeys: [],
    foreignKeys: [],
    expected: { read: 'unknown', insert: 'unknown', update: 'unknown', delete: 'unknown' },
    ownerDefault: 'unknown',
    policyColumns: [owner],
    views: [],
    functions: [],
  };
}

/** The tables of the project's SQL that have an owner column, each with its first. */
export function tablesWithOwner(model: SchemaModel): TablePlan[] {
  return servedTables(model).flatMap(table => {
    const column = model.ownerColumns(table)[0]?.name;
    return column === undefined ? [] : [tablePlan(model, table, { kind: 'column', column })];
  });
}

/** The plan for a table of the project's SQL by its name; undefined when the files do not make it. */
export function planFromModel(model: SchemaModel, name: string, owner?: string): TablePlan | undefined {
  const table = servedTables(model).find(candidate => candidate.name === name);
  const column = table && (owner ?? model.ownerColumns(table)[0]?.name);
  return table && column !== undefined ? tablePlan(model, table, { kind: 'column', column }) : undefined;
}
