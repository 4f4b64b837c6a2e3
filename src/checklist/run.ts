import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Engine } from '../flux/engine';
import { checkAppRoute } from './app-route-check';
import { checksFor, inOrder } from './checks';
import type { Check } from './checks/check';
import { tableGroups } from './components';
import { CheckContext } from './context';
import { diagnose } from './diagnose';
import { FoundRows } from './found-rows';
import { GatewayClient, type Asker } from './gateway-client';
import { refusesToken } from './ideal';
import { MadeRows } from './made-rows';
import type { ChecklistOptions } from './options';
import { RowJournal } from './row-journal';
import type { TablePlan } from './table-plan';
import {
  CHECK_FACTS,
  type CheckId,
  type CheckResult,
  type ChecklistReport,
  type RowsReport,
} from './verdict';

export type { ChecklistOptions, Progress } from './options';

/** Milliseconds the clean-up has after a run was cancelled. */
const CLEAN_UP_TIMEOUT = 20_000;
/** Groups of tables asked at the same time. */
const PARALLEL_GROUPS = 4;

/** Nothing could be asked at all; the message is one sentence with the way out. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
}

/**
 * Runs the checklist and removes every row it made, also when it is cancelled or a step fails.
 * @throws {CannotRun} when the gateway cannot be reached, or is none, or there is no table to ask about
 */
export async function runChecklist(options: ChecklistOptions): Promise<ChecklistReport> {
  const { plan, subjects, mode } = options;
  refuseNonsense(options);
  const started = new Date();
  const client = new GatewayClient({
    ...options,
    onWait: (reason, seconds) => options.onProgress?.({ kind: 'waiting', reason, seconds }),
  });
  const engine = await reachGateway(client, options);
  const run = new Run(options, client, engine);
  const { results, rows } = await askAndCleanUp(run, options);
  return {
    runId: run.id,
    url: options.gatewayUrl,
    engine,
    mode,
    subjects,
    started: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    requestSeconds: client.spent.milliseconds / 1000,
    requests: client.spent.requests,
    waits: client.waits,
    results,
    notChecked: plan.notChecked,
    rows,
    cancelled: options.signal?.aborted ?? false,
  };
}

async function askAndCleanUp(
  run: Run,
  { onProgress }: ChecklistOptions,
): Promise<{ readonly results: readonly CheckResult[]; readonly rows: RowsReport }> {
  const cleanUp = async (): Promise<RowsReport> => {
    onProgress?.({ kind: 'cleaning' });
    return run.cleanUp();
  };
  try {
    const results = await run.ask();
    return { results, rows: await cleanUp() };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

function refuseNonsense({ plan, subjects }: ChecklistOptions): void {
  if (subjects[0] === subjects[1]) throw new CannotRun('The checklist needs two different subjects.');
  const [first] = plan.tables;
  if (first) return;
  const why = plan.notChecked.map(({ table, reason }) => `${table}: ${reason}`).join(' ');
  throw new CannotRun(`There is no table to ask about.${why === '' ? '' : ` ${why}`}`);
}

/** One run of the checks over all tables; also used with an asker that only pretends. */
export class Run {
  readonly id = randomBytes(4).toString('hex');
  readonly #journal: RowJournal;
  readonly #made: MadeRows;
  readonly #found: FoundRows;
  readonly #plans: ReadonlyMap<string, TablePlan>;
  readonly #contexts = new Map<string, CheckContext>();

  constructor(
    private readonly options: ChecklistOptions,
    private readonly asker: Asker,
    private readonly engine: Engine,
  ) {
    const { plan, given = {}, signal, subjects, schema, role } = options;
    if (signal) setMaxListeners(0, signal);
    this.#plans = new Map(plan.tables.map(table => [table.table, table]));
    const run = {
      runId: this.id,
      gatewayUrl: options.gatewayUrl,
      tables: plan.tables.map(({ table }) => table),
      ...(schema !== undefined && { schema }),
      ...(role !== undefined && { role }),
    };
    this.#journal = new RowJournal(asker, run, options.journal, options);
    const drafts = { plans: this.#plans, asker, given, runId: this.id, signal };
    this.#made = new MadeRows({ ...drafts, subjects }, this.#journal);
    this.#found = new FoundRows(drafts);
  }

  /** Asks everything that was asked for; results are in the order of the plan. */
  async ask(): Promise<CheckResult[]> {
    const { plan, onProgress = () => undefined } = this.options;
    const work = plan.tables.flatMap(table => {
      const checks = checksFor(table, this.engine).filter(({ id }) => this.#isWanted(table.table, id));
      return checks.length > 0 ? [{ table, checks }] : [];
    });
    onProgress({
      kind: 'planned',
      tables: work.map(({ table, checks }) => ({ table: table.table, checks: checks.length })),
    });
    const byTable = new Map<string, CheckResult[]>();
    const groups = tableGroups(work.map(({ table }) => table));
    await inParallel(groups, PARALLEL_GROUPS, async group => {
      for (const table of group) {
        const checks = work.find(item => item.table === table)?.checks ?? [];
        byTable.set(table.table, await this.#askTable(table, checks));
      }
    });
    const tables = work.flatMap(({ table }) => inOrder(byTable.get(table.table) ?? []));
    return [...tables, ...(await this.#askApp())];
  }

  async cleanUp(): Promise<RowsReport> {
    return this.#journal.cleanUp(AbortSignal.timeout(CLEAN_UP_TIMEOUT));
  }

  #isWanted(table: string, check: CheckId): boolean {
    const { only } = this.options;
    return only?.some(item => item.table === table && (item.check ?? check) === check) ?? true;
  }

  async #askTable(table: TablePlan, checks: readonly Check[]): Promise<CheckResult[]> {
    const { signal, onProgress = () => undefined } = this.options;
    const results: CheckResult[] = [];
    let context = this.#contextOf(table);
    for (const check of checks) {
      onProgress({ kind: 'started', table: table.table, check: check.id });
      const judged = signal?.aborted
        ? [cancelled(check.id, table.table)]
        : await runCheck(check, context, signal);
      results.push(...judged);
      for (const result of judged) onProgress({ kind: 'finished', result });
      context = this.#contextAfter(context, check, judged);
    }
    return results;
  }

  #contextOf(plan: TablePlan, isFull = this.#mayWrite(plan)): CheckContext {
    const { subjects, signal } = this.options;
    const context = new CheckContext({
      plan,
      plans: this.#plans,
      engine: this.engine,
      subjects,
      asker: this.asker,
      rows: isFull ? this.#made : this.#found,
      made: isFull ? this.#made : undefined,
      signal,
    });
    this.#contexts.set(plan.table, context);
    return context;
  }

  /** Rows are made where they can be made and removed again. */
  #mayWrite({ expected, ownership }: TablePlan): boolean {
    if (this.options.mode !== 'full' || ownership.kind === 'nobody') return false;
    return expected.insert !== 'refused' && (expected.delete !== 'refused' || this.#journal.canSweep);
  }

  /** The first own row could not be removed again: then no more are made. */
  #contextAfter(context: CheckContext, check: Check, [result]: readonly CheckResult[]): CheckContext {
    const staysBehind =
      check.id === 'delete-own' && result?.verdict !== 'pass' && context.deletedOwn !== undefined;
    if (!context.made || !staysBehind || this.#journal.canSweep) return context;
    return this.#contextOf(context.plan, false);
  }

  async #askApp(): Promise<CheckResult[]> {
    const { app, subjects, signal, onProgress = () => undefined } = this.options;
    if (
      !app ||
      !(['app-signed-out', 'app-own-rows', 'app-other-rows'] as const).some(id =>
        this.#isWanted(app.name, id),
      )
    ) {
      return [];
    }
    const plan = this.#plans.get(app.table);
    if (signal?.aborted) return [];
    const context = plan && (this.#contexts.get(plan.table) ?? this.#contextOf(plan));
    const [a, b] = subjects;
    const rows = context
      ? { a: (await context.own(a)).held, b: (await context.own(b)).held }
      : ('unknown' as const);
    const owner = plan?.ownership.kind === 'column' ? plan.ownership.column : undefined;
    const results = await checkAppRoute(app, { owner, subjects, rows, signal });
    for (const result of results) onProgress({ kind: 'finished', result });
    return [...results];
  }
}

/** A check that breaks is a check that cannot tell; the rows made so far are removed all the same. */
async function runCheck(
  check: Check,
  context: CheckContext,
  signal: AbortSignal | undefined,
): Promise<readonly CheckResult[]> {
  const { table } = context.plan;
  try {
    const results = await check.run(context);
    return results.map(result =>
      signal?.aborted && result.verdict === 'unknown' ? cancelled(check.id, table) : result,
    );
  } catch (error) {
    const message = `Cannot tell. ${error instanceof Error ? error.message : String(error)}.`;
    return [{ ...blank(check.id, table), verdict: 'unknown', cause: 'gateway-error', message }];
  }
}

function cancelled(check: CheckId, table: string): CheckResult {
  const message = 'Not asked: the run was cancelled.';
  return { ...blank(check, table), verdict: 'skipped', cause: 'cancelled', message };
}

function blank(check: CheckId, table: string): Omit<CheckResult, 'verdict' | 'cause' | 'message'> {
  const { verb, actor } = CHECK_FACTS[check];
  return { table, check, verb, actor, advice: '', evidence: [] };
}

async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

/** One request without a token tells whether this is Flux, and which engine: only a gateway speaks before PostgREST. */
async function reachGateway(
  client: Asker,
  { plan, engine, signal, gatewayUrl }: ChecklistOptions,
): Promise<Engine> {
  const table = plan.tables[0]?.table ?? '';
  const { answer } = await client.ask(
    { method: 'GET', table, query: { limit: '0' }, as: undefined, ideal: refusesToken() },
    signal,
  );
  // Cancelled before anything was known: every check is skipped, whatever the engine.
  if (signal?.aborted) return engine ?? 'v2_shared';
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
