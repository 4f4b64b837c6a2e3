import type { Fetch } from '../../src/checklist/gateway-client';
import { runChecklist, type ChecklistOptions } from '../../src/checklist/run';
import { planFromModel } from '../../src/checklist/plan';
import type { TablePlan } from '../../src/checklist/table-plan';
import type { ChecklistReport } from '../../src/checklist/verdict';
import { Database } from '../../src/database/connection';
import { modelFromStatements } from '../../src/schema/from-statements';
import type { LocalFlux } from '../../src/stack/local-flux';
import { parseAll } from './sql';

export const realFetch: Fetch = (url, init) => fetch(url, init);
export const realNow = (): number => Math.floor(Date.now() / 1000);

/** The plan the checklist makes of SQL, with the owner column the policies name. */
export async function planOf(flux: LocalFlux, sql: string, table = 'notes'): Promise<TablePlan> {
  const model = modelFromStatements(await parseAll(sql), { engine: flux.engine, apiSchema: flux.schema });
  const plan = planFromModel(model, table);
  if (!plan) throw new Error(`no owner column of ${table} in the SQL`);
  return plan;
}

/** Runs the checklist against a local Flux as ann and bob. */
export async function runOn(
  flux: LocalFlux,
  plan: TablePlan,
  options: Partial<ChecklistOptions> = {},
): Promise<ChecklistReport> {
  return runChecklist({
    gatewayUrl: flux.url,
    schema: flux.schema,
    secret: flux.jwtSecret,
    engine: flux.engine,
    subjects: ['ann', 'bob'],
    fetch: realFetch,
    now: realNow,
    plan: { tables: [plan], notChecked: [] },
    mode: 'full',
    ...options,
  });
}

/** `check verdict cause` of every point, the cause only where there is one. */
export function verdicts({ results }: ChecklistReport): Record<string, string> {
  return Object.fromEntries(
    results.map(({ check, verdict, cause }) => [check, cause === null ? verdict : `${verdict} ${cause}`]),
  );
}

/** How many rows a table holds, seen past every policy. */
export async function countRows(flux: LocalFlux, table = 'notes'): Promise<number> {
  const database = await Database.connect(flux.databaseUrl);
  try {
    const { rows } = await database.query<{ count: string }>(`select count(*) from ${flux.schema}.${table}`);
    return Number(rows[0]?.count);
  } finally {
    await database.close();
  }
}
