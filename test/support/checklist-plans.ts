import { planChecklist } from '../../src/checklist/plan';
import {
  NO_CHOICES,
  type ChecklistPlan,
  type TableChoices,
  type TablePlan,
} from '../../src/checklist/table-plan';
import type { Engine } from '../../src/flux/engine';
import { modelFromStatements } from '../../src/schema/from-statements';
import { TEST_SCHEMA } from './local-flux';
import { parseAll } from './sql';

interface PlanOptions {
  readonly engine?: Engine;
  readonly choices?: Partial<TableChoices>;
}

/** The checklist that SQL gives. */
export async function checklistOf(
  sql: string,
  { engine = 'v2_shared', choices }: PlanOptions = {},
): Promise<ChecklistPlan> {
  const model = modelFromStatements(await parseAll(sql), { engine, apiSchema: TEST_SCHEMA });
  return planChecklist(model, { ...NO_CHOICES, ...choices });
}

/** The plan that SQL gives for one of its tables. */
export async function tablePlanOf(sql: string, table: string, options?: PlanOptions): Promise<TablePlan> {
  const { tables, notChecked } = await checklistOf(sql, options);
  const found = tables.find(plan => plan.table === table);
  if (!found) throw new Error(`no plan for ${table}: ${JSON.stringify(notChecked)}`);
  return found;
}

/** Row security, all grants, and one policy for all verbs. */
export const guarded = (table: string, predicate = 'owner_id = auth.uid()'): string =>
  `alter table ${table} enable row level security; grant select, insert, update, delete on ${table} to authenticated;
   create policy p on ${table} to authenticated using (${predicate});`;
