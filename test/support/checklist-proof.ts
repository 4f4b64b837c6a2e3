import { GatewayClient } from '../../src/checklist/gateway-client';
import { MadeRows } from '../../src/checklist/made-rows';
import { hasOneRowEach } from '../../src/checklist/one-row-each';
import { planChecklist } from '../../src/checklist/plan';
import { RowJournal } from '../../src/checklist/row-journal';
import { runChecklist, type ChecklistOptions } from '../../src/checklist/run';
import { sweepSql } from '../../src/checklist/sweep-sql';
import { NO_CHOICES, type ChecklistPlan } from '../../src/checklist/table-plan';
import type { ChecklistReport, CheckResult } from '../../src/checklist/verdict';
import { modelFromStatements } from '../../src/schema/from-statements';
import type { SchemaModel } from '../../src/schema/model';
import type { LocalFlux } from '../../src/stack/local-flux';
import { realFetch, realNow } from './checklist';
import type { ChecklistSchema } from './checklist-schemas';
import { selectSql } from './local-flux';
import { parseAll } from './sql';

/** Subjects that rows are made for, and others that have had rows all along. */
export const MAKERS = ['flux-rls-check-a', 'flux-rls-check-b'] as const;
export const OWNERS = ['ann', 'bob'] as const;

export async function modelOf(flux: LocalFlux, { sql }: ChecklistSchema): Promise<SchemaModel> {
  return modelFromStatements(await parseAll(sql), { engine: flux.engine, apiSchema: flux.schema });
}

export function planOfModel(model: SchemaModel, { choices }: ChecklistSchema): ChecklistPlan {
  return planChecklist(model, { ...NO_CHOICES, ...choices });
}

function clientOf(
  flux: LocalFlux,
): Pick<ChecklistOptions, 'gatewayUrl' | 'schema' | 'secret' | 'fetch' | 'now'> {
  return {
    gatewayUrl: flux.url,
    schema: flux.schema,
    secret: flux.jwtSecret,
    fetch: realFetch,
    now: realNow,
  };
}

/** Runs the checklist on a local Flux, whose database takes away what no policy lets anybody delete. */
export async function ask(
  flux: LocalFlux,
  plan: ChecklistPlan,
  { given }: ChecklistSchema,
  options: Partial<ChecklistOptions> = {},
): Promise<ChecklistReport> {
  return runChecklist({
    ...clientOf(flux),
    engine: flux.engine,
    subjects: options.mode === 'no-write' ? OWNERS : MAKERS,
    plan,
    mode: 'full',
    sweep: async row =>
      (await selectSql(flux, `${sweepSql(row, flux.schema)} returning 1`)).length > 0 ||
      row.ownerColumn !== undefined,
    ...(given && { given }),
    ...options,
  });
}

/** Gives both owners two rows in every table, as an app would: through the gateway, as themselves. */
export async function seed(
  flux: LocalFlux,
  plan: ChecklistPlan,
  { given = {} }: ChecklistSchema,
): Promise<void> {
  const asker = new GatewayClient(clientOf(flux));
  const plans = new Map(plan.tables.map(table => [table.table, table]));
  const run = { runId: 'seed', gatewayUrl: flux.url, tables: [...plans.keys()] };
  const drafts = { plans, asker, given, runId: run.runId, signal: undefined, subjects: OWNERS };
  const rows = new MadeRows(drafts, new RowJournal(asker, run, undefined));
  for (const table of plan.tables.filter(({ ownership }) => ownership.kind !== 'nobody')) {
    for (const owner of OWNERS) {
      const made = [await rows.own(table, owner)];
      if (!hasOneRowEach(table)) made.push(await rows.another(table, owner));
      for (const row of made) if (!row.held) throw new Error(`${table.table}: ${row.diagnosis.message}`);
    }
  }
}

/** What a result is about: the check, and the view or function it went through. */
export function nameOf({ table, check, through }: CheckResult): string {
  return `${table} ${check}${through === undefined ? '' : ` ${through}`}`;
}
