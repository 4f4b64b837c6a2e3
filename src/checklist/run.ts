import type { Engine } from '../flux/engine';
import { CHECKS } from './checks';
import type { Check } from './checks/check';
import { CheckContext } from './context';
import { diagnose } from './diagnose';
import { GatewayClient, type ClientOptions } from './gateway-client';
import { RowJournal } from './row-journal';
import type { TablePlan } from './table-plan';
import type { CheckId, CheckResult, ChecklistReport } from './verdict';

/** Milliseconds the clean-up has after a run was cancelled. */
const CLEAN_UP_TIMEOUT = 20_000;

export interface ChecklistOptions extends ClientOptions {
  /** Found out from the first answer when left out. */
  readonly engine?: Engine | undefined;
  readonly plan: TablePlan;
  /** Two different subjects. */
  readonly subjects: readonly [string, string];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export type Progress =
  | { readonly kind: 'started'; readonly check: CheckId }
  | { readonly kind: 'finished'; readonly result: CheckResult }
  | { readonly kind: 'cleaning' };

/** Nothing could be asked at all; the message is one sentence with the way out. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/**
 * Runs the checklist on one table and removes every row it made, also when it is cancelled or a step fails.
 * @throws {CannotRun} when the gateway cannot be reached, or is none
 */
export async function runChecklist(options: ChecklistOptions): Promise<ChecklistReport> {
  const { plan, subjects, signal, onProgress = () => undefined } = options;
  if (subjects[0] === subjects[1]) throw new CannotRun('The checklist needs two different subjects.');
  const client = new GatewayClient(options);
  const engine = await reachGateway(client, options);
  const journal = new RowJournal(client);
  const context = new CheckContext(plan, engine, subjects, client, journal, signal);
  const results: CheckResult[] = [];
  for (const check of CHECKS) {
    onProgress({ kind: 'started', check: check.id });
    const result = signal?.aborted ? cancelled(check, plan.table) : await runCheck(check, context, signal);
    results.push(result);
    onProgress({ kind: 'finished', result });
  }
  onProgress({ kind: 'cleaning' });
  const rows = await journal.cleanUp(AbortSignal.timeout(CLEAN_UP_TIMEOUT));
  return { url: options.gatewayUrl, engine, results, rows, cancelled: signal?.aborted ?? false };
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
  const { answer } = await client.ask(
    { method: 'GET', table: plan.table, query: { limit: '0' }, as: undefined },
    signal,
  );
  const diagnosis = diagnose(answer, { table: plan.table, verb: 'SELECT' });
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
