import * as vscode from 'vscode';
import { GatewayClient, type ClientOptions } from '../../checklist/gateway-client';
import { CannotRun, runChecklist, type Progress } from '../../checklist/run';
import { planFromOpenApi } from '../../checklist/plan';
import { linkColumns, type TablePlan } from '../../checklist/table-plan';
import type { CheckResult } from '../../checklist/verdict';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { Log } from '../log';
import type { Projects } from '../project/projects';
import { requireFolder, requireGatewayUrl, requireSecret } from '../project/require';
import { readSettings } from '../settings';
import type { Subjects } from '../tokens/subjects';
import type { TableFinder } from './table-finder';
import { NEVER, type ChecklistRun } from './checklist-run';
import { askForTable, confirmHost } from './questions';

/** Subjects nobody else has, for a folder that has no test subjects of its own. */
const STAND_INS = ['flux-rls-check-a', 'flux-rls-check-b'] as const;

/** Runs the isolation checklist, one at a time, and tells how far it is. */
export class ChecklistService implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  #run: ChecklistRun = NEVER;
  #abort: AbortController | undefined;
  #running: Promise<void> | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(
    commands: Commands,
    private readonly projects: Projects,
    private readonly subjects: Subjects,
    private readonly tables: TableFinder,
    private readonly memento: vscode.Memento,
    private readonly log: Log,
  ) {
    this.#store.add(commands.register('fluxRls.runChecklist', () => this.#start()));
    this.#store.add(
      commands.register('fluxRls.cancelChecklist', () => {
        this.#abort?.abort();
      }),
    );
  }

  /** The run of a folder. Another folder's verdicts say nothing about it. */
  runOf(folder: vscode.WorkspaceFolder | undefined): ChecklistRun {
    return this.#run.folder?.uri.toString() === folder?.uri.toString() ? this.#run : NEVER;
  }

  /** Stops a run and waits until its rows are removed. */
  async stop(): Promise<void> {
    this.#abort?.abort();
    await this.#running;
  }

  dispose(): void {
    this.#abort?.abort();
    this.#store.dispose();
  }

  async #start(): Promise<void> {
    this.#refuseSecond();
    const folder = await requireFolder();
    const project = await this.projects.of(folder);
    const gatewayUrl = requireGatewayUrl(project);
    const secret = requireSecret(project);
    const client: ClientOptions = {
      gatewayUrl,
      schema: project.schema?.value,
      secret,
      role: readSettings(folder.uri).tokenRole,
      fetch: (url, init) => fetch(url, init),
      now: () => Math.floor(Date.now() / 1000),
    };
    const [a = STAND_INS[0], b = STAND_INS[1]] = this.subjects.list(folder);
    const plan = await this.#plan(folder, client, a);
    if (!plan || !(await confirmHost(this.memento, gatewayUrl, plan.table))) return;
    this.#refuseSecond();
    const engine = project.engine?.value;
    this.#running = this.#ask(folder, {
      ...client,
      engine,
      plan: { tables: [plan], notChecked: [] },
      mode: 'full',
      subjects: [a, b],
    });
    await this.#running;
  }

  #refuseSecond(): void {
    if (this.#abort) throw new ActionableError('The checklist is running already.');
  }

  /** The only table of the SQL, the one the person picks, or one the person names. */
  async #plan(
    folder: vscode.WorkspaceFolder,
    client: ClientOptions,
    subject: string,
  ): Promise<TablePlan | undefined> {
    const chosen = await askForTable(await this.tables.tablesOf(folder), this.memento, folder);
    if (!chosen || chosen.columns.length > 0) return chosen;
    const document = await new GatewayClient(client).openApi(subject);
    return planFromOpenApi(document, chosen.table, linkColumns(chosen)[0] ?? '') ?? chosen;
  }

  async #ask(
    folder: vscode.WorkspaceFolder,
    options: Omit<Parameters<typeof runChecklist>[0], 'signal' | 'onProgress'>,
  ): Promise<void> {
    const { plan, subjects } = options;
    const abort = (this.#abort = new AbortController());
    const started = Date.now();
    this.#update({ ...NEVER, folder, state: 'running', url: options.gatewayUrl, subjects });
    await vscode.commands.executeCommand('fluxRls.panel.focus', { preserveFocus: true });
    try {
      const report = await runChecklist({
        ...options,
        signal: abort.signal,
        onProgress: progress => {
          this.#advance(progress);
        },
      });
      this.log.info(
        `checklist on ${plan.tables.map(({ table }) => table).join(', ')}: ${report.results.map(({ check, verdict }) => `${check} ${verdict}`).join(', ')}`,
      );
      const state = report.cancelled ? 'cancelled' : 'done';
      this.#end({ state, results: report.results, report }, started);
    } catch (error) {
      const isKnown = error instanceof CannotRun;
      const problem = isKnown ? error.message : 'The checklist broke off. “Flux RLS: Show Log” tells why.';
      this.#end({ state: 'failed', problem }, started);
      if (!isKnown) throw error;
    } finally {
      this.#abort = undefined;
    }
  }

  #advance(progress: Progress): void {
    switch (progress.kind) {
      case 'planned':
        this.#update({
          ...this.#run,
          tables: progress.tables.map(table => ({ ...table, shared: false, finished: 0 })),
        });
        break;
      case 'started':
        this.#update({ ...this.#run, current: [...this.#run.current, progress] });
        break;
      case 'finished':
        this.#update(finished(this.#run, progress.result));
        break;
      case 'waiting':
        this.#update({ ...this.#run, waiting: progress.reason });
        break;
      case 'cleaning':
        this.#update({ ...this.#run, state: 'cleaning' });
        break;
    }
  }

  #end(outcome: Partial<ChecklistRun>, started: number): void {
    const ended = new Date();
    this.#update({
      ...this.#run,
      current: [],
      ...outcome,
      ended,
      seconds: (ended.getTime() - started) / 1000,
    });
  }

  #update(run: ChecklistRun): void {
    this.#run = run;
    this.#changed.fire();
  }
}

function finished(run: ChecklistRun, result: CheckResult): ChecklistRun {
  return {
    ...run,
    waiting: '',
    current: run.current.filter(({ table, check }) => table !== result.table || check !== result.check),
    tables: run.tables.map(progress =>
      progress.table === result.table ? { ...progress, finished: progress.finished + 1 } : progress,
    ),
    results: [...run.results, result],
  };
}
