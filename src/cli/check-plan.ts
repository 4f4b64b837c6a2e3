import { planByHand, planChecklist, planFromGateway } from '../checklist/plan';
import type { ChecklistPlan, TableChoices, TablePlan } from '../checklist/table-plan';
import type { SchemaModel } from '../schema/model';
import { UsageError } from './io';

/** Where tables may be found. */
export interface PlanSources {
  /** The project's SQL; undefined when there is none. */
  readonly model: SchemaModel | undefined;
  /** The gateway's OpenAPI root document, asked for only where the SQL does not do; undefined when there is none. */
  readonly document: () => Promise<unknown>;
}

/**
 * The tables to check: those of the SQL, else those the gateway shows. A named table that the SQL does not make is looked
 * for on the gateway, then taken by its name and its owner alone. Named tables come with the parents their rows need;
 * one that cannot be checked is an error, for it was asked for.
 */
export async function planHere(
  { model, document }: PlanSources,
  tables: readonly string[],
  choices: TableChoices,
): Promise<ChecklistPlan> {
  const ofSql = model ? planChecklist(model, choices) : NOTHING;
  const isEnough = namesOf(ofSql).size > 0 && missingIn(ofSql, tables).length === 0;
  const known = isEnough ? ofSql : joined(ofSql, planFromGateway(await document(), choices), tables);
  const plan = withByHand(known, tables, choices);
  refuseUnknown(plan, choices);
  const chosen = tables.length === 0 ? plan : planOfTables(plan, tables);
  if (chosen.tables.length === 0) throw noTable(chosen);
  return chosen;
}

const NOTHING: ChecklistPlan = { tables: [], notChecked: [] };

function namesOf({ tables, notChecked }: ChecklistPlan): Set<string> {
  return new Set([...tables, ...notChecked].map(({ table }) => table));
}

function missingIn(plan: ChecklistPlan, tables: readonly string[]): string[] {
  const known = namesOf(plan);
  return tables.filter(table => !known.has(table));
}

/** All that the gateway shows where the SQL makes no table, else only what was named and the SQL does not make. */
function joined(ofSql: ChecklistPlan, ofGateway: ChecklistPlan, tables: readonly string[]): ChecklistPlan {
  if (namesOf(ofSql).size === 0) return ofGateway;
  const missing = missingIn(ofSql, tables);
  const isMissing = ({ table }: { readonly table: string }): boolean => missing.includes(table);
  return {
    tables: [...ofSql.tables, ...ofGateway.tables.filter(isMissing)],
    notChecked: [...ofSql.notChecked, ...ofGateway.notChecked.filter(isMissing)],
  };
}

/** Tables that were named and that nothing shows, as far as their owner was named, too. */
function withByHand(plan: ChecklistPlan, tables: readonly string[], choices: TableChoices): ChecklistPlan {
  const byHand = missingIn(plan, tables).map((table): TablePlan => {
    const owner = choices.owners[table];
    if (owner !== undefined) return { ...planByHand(table, owner), shared: choices.shared.includes(table) };
    throw new UsageError(
      `Which column of ${table} holds the owner? Give --owner, or --sql with the SQL that makes the table.`,
    );
  });
  return { ...plan, tables: [...plan.tables, ...byHand] };
}

/** A name that is no table's is a slip: what was meant would be checked as something else. */
function refuseUnknown(plan: ChecklistPlan, { shared, excluded, values }: TableChoices): void {
  const known = namesOf(plan);
  for (const [option, names] of [
    ['--shared', shared],
    ['--exclude', excluded],
    ['--values', Object.keys(values)],
  ] as const) {
    const unknown = names.find(name => !known.has(name));
    if (unknown !== undefined) {
      throw new UsageError(
        `${option} names ${unknown}, which is none of the tables: ${[...known].join(', ') || 'there are none'}.`,
      );
    }
  }
  for (const { table, columns } of plan.tables) {
    const unknown = Object.keys(values[table] ?? {}).find(
      column => columns.length > 0 && !columns.some(({ name }) => name === column),
    );
    if (unknown !== undefined)
      throw new UsageError(`--values names ${table}.${unknown}, which is no column.`);
  }
}

function planOfTables(plan: ChecklistPlan, tables: readonly string[]): ChecklistPlan {
  const left = plan.notChecked.find(({ table }) => tables.includes(table));
  if (left) throw new UsageError(`${left.table} cannot be checked: ${left.reason}.`);
  const wanted = new Set(tables);
  // What is added while it is walked is walked, too.
  for (const table of wanted) {
    for (const key of plan.tables.find(candidate => candidate.table === table)?.foreignKeys ?? []) {
      wanted.add(key.table);
    }
  }
  return { tables: plan.tables.filter(({ table }) => wanted.has(table)), notChecked: [] };
}

function noTable({ notChecked }: ChecklistPlan): UsageError {
  if (notChecked.length === 0) {
    return new UsageError(
      'Which table? Give --table and --owner, or --sql with the SQL that makes the tables.',
    );
  }
  const reasons = notChecked.map(({ table, reason }) => `${table} (${reason})`).join('; ');
  return new UsageError(`No table can be checked: ${reasons}.`);
}
