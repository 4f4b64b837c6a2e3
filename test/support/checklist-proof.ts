import { GatewayClient } from '../../src/checklist/gateway-client';
import { planChecklist } from '../../src/checklist/plan';
import type { JournalRow } from '../../src/checklist/journal-store';
import { runChecklist, type ChecklistOptions } from '../../src/checklist/run';
import { NO_CHOICES, type ChecklistPlan } from '../../src/checklist/table-plan';
import type { ChecklistReport } from '../../src/checklist/verdict';
import { modelFromStatements } from '../../src/schema/from-statements';
import type { SchemaModel } from '../../src/schema/model';
import type { LocalFlux } from '../../src/stack/local-flux';
import { realFetch, realNow } from './checklist';
import type { ChecklistSchema } from './checklist-schemas';
import { selectSql } from './local-flux';
import { parseAll } from './sql';

export const SUBJECTS = ['flux-rls-check-a', 'flux-rls-check-b'] as const;

export async function modelOf(flux: LocalFlux, { sql }: ChecklistSchema): Promise<SchemaModel> {
  return modelFromStatements(await parseAll(sql), { engine: flux.engine, apiSchema: flux.schema });
}

export function planOfModel(model: SchemaModel, { choices }: ChecklistSchema): ChecklistPlan {
  return planChecklist(model, { ...NO_CHOICES, ...choices });
}

export async function proof(
  flux: LocalFlux,
  plan: ChecklistPlan,
  schema: ChecklistSchema,
  options: Partial<ChecklistOptions> = {},
): Promise<ChecklistReport> {
  return runChecklist({
    gatewayUrl: flux.url,
    schema: flux.schema,
    secret: flux.jwtSecret,
    engine: flux.engine,
    subjects: SUBJECTS,
    fetch: realFetch,
    now: realNow,
    plan,
    mode: 'full',
    ...(schema.given && { given: schema.given }),
    ...options,
  });
}
