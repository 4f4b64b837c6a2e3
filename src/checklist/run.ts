import { randomBytes } from 'node:crypto';
import type { Engine } from '../flux/engine';
import { CHECKS } from './checks';
import type { Check } from './checks/check';
import { CheckContext } from './context';
import { diagnose } from './diagnose';
import { GatewayClient } from './gateway-client';
import type { ChecklistOptions } from './options';
import { RowJournal } from './row-journal';
import { CHECK_FACTS, type CheckResult, type ChecklistReport } from './verdict';

export type { ChecklistOptions, Progress } from './options';

/** Milliseconds the clean-up has after a run was cancelled. */
const CLEAN_UP_TIMEOUT = 20_000;

/** Nothing could be asked at all; the message is one sentence with the way out. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/**
 * Runs the checklist on one table and removes every row it made, also when it is cancelled or a step fails.
 * @throws {CannotRun} when the gateway cannot be reached, or is none
 */
export async function runChecklist(options: ChecklistOptions): Promise<ChecklistReport> {
  const { plan, subjects, mode, signal, onProgress = () => undefined } = options;
  if (subjects[0] === subjects[1]) throw new CannotRun('The checklist needs two different subjects.');
  const started = new Date();
  const client = new GatewayClient(options);
  const engine = await reachGateway(client, options);
  const journal = new RowJournal(client);
  const results: CheckResult[] = [];
  onProgress({
    kind: 'planned',
    tables: plan.tables.map(({ table }) => ({ table, checks: CHECKS.length })),
  });
  for (const tablePlan of plan.tables) {
    const context = new CheckContext(tablePlan, engine, subjects, client, journal, signal);
    for (const check of CHECKS) {
      onProgress({ kind: 'started', table: tablePlan.table, check: check.id });
      const result = signal?.aborted
        ? cancelled(check, tablePlan.table)
        : await runCheck(check, context, signal);
      results.push(result);
      onProgress({ kind: 'finished', result });
    }
  }
  onProgress({ kind: 'cleaning' });
  const rows = await journal.cleanUp(AbortSignal.timeout(CLEAN_UP_TIMEOUT));
  const evidence = results.flatMap(result => result.evidence);
  return {
    runId: randomBytes(4).toString('hex'),
    url: options.gatewayUrl,
    engine,
    mode,
    subjects,
    started: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    requestSeconds: evidence.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000,
    requests: evidence.length,
    waits: [],
    results,
    notChecked: plan.notChecked,
    rows,
    cancelled: signal?.aborted ?? false,
  };
}

/** A check that breaks is a check that cannot tell; the rows made so far are removed all the same. */
async function runCheck(
  check: Check,
  context: CheckContext,
  signal: AbortSignal | undefined,
): Promise<CheckResult> {
  const { table } = context.plan;
  try {
    const result = await check.run(context);
    return signal?.aborted && result.verdict === 'unknown' ? cancelled(check, table) : result;
  } catch (error) {
    const message = `Cannot tell. ${error instanceof Error ? error.message : String(error)}.`;
    return {
      table,
      check: check.id,
      verb: CHECK_FACTS[check.id].verb,
      actor: CHECK_FACTS[check.id].actor,
      verdict: 'unknown',
      cause: 'gateway-error',
      message,
      advice: '',
      evidence: [],
    };
  }
}

function cancelled(check: Check, table: string): CheckResult {
  const message = 'Not asked: the run was cancelled.';
  return {
    table,
    check: check.id,
    verb: CHECK_FACTS[check.id].verb,
    actor: CHECK_FACTS[check.id].actor,
    verdict: 'skipped',
    cause: 'cancelled',
    message,
    advice: '',
    evidence: [],
  };
}

/** One request without a token tells whether this is Flux, and which engine: only a gateway speaks before PostgREST. */
async function reachGateway(
  client: GatewayClient,
  { plan, engine, signal, gatewayUrl }: ChecklistOptions,
): Promise<Engine> {
  const table = plan.tables[0]?.table ?? '';
  const { answer } = await client.ask({ method: 'GET', table, query: { limit: '0' }, as: undefined }, signal);
  const diagnosis = diagnose(answer, { table, verb: 'SELECT' });
  if (answer.status === null || diagnosis?.cause === 'not-flux') {
    throw new CannotRun(
      `${gatewayUrl}: ${diagnosis?.message ?? 'no answer.'} ${diagnosis?.advice ?? ''}`.trim(),
    );
  }
  if (answer.by === 'other' && answer.status < 300) {
    throw new CannotRun(
      `${gatewayUrl}: something that is neither the Flux gateway nor PostgREST answers ${answer.status}. Check the gateway URL.`,
    );
  }
  return engine ?? (answer.by === 'gateway' ? 'v2_shared' : 'v1_dedicated');
}
