import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ChecklistOptions, Progress } from '../../checklist/options';
import { CannotRun } from '../../checklist/run';
import type { ChecklistPlan } from '../../checklist/table-plan';
import { summarize } from '../../checklist/verdict';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { Log } from '../log';
import { requireFolder } from '../project/require';
import { NEVER, type ChecklistRun } from './checklist-run';
import type { ChecklistEngine } from './engine';
import type { JournalMemento } from './journal-memento';
import type { PreparedRun, RunPreparation } from './prepare-run';
import { advanced } from './run-state';
import {
  covers,
  keptResults,
  merged,
  onlyOf,
  speaksOfTheSame,
  targetsIn,
  type RunTarget,
} from './run-target';

/** Milliseconds that a closing window has for the clean-up: VS Code ends an extension host soon after. */
const LAST_WORDS = 4_000;

/** A run that has begun, and what it covers. */
export interface StartedRun {
  readonly folder: vscode.WorkspaceFolder;
  readonly plan: ChecklistPlan;
  readonly only: ChecklistOptions['only'];
}

/** Runs the isolation checklist, one run at a time, and tells how far it is. */
export class ChecklistService implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #started = this.#store.add(new vscode.EventEmitter<StartedRun>());
  readonly #progressed = this.#store.add(new vscode.EventEmitter<Progress>());
  readonly #ended = this.#store.add(new vscode.EventEmitter<ChecklistRun>());
  /** The run of each folder, by URI: another folder's verdicts say nothing about it. */
  readonly #runs = new Map<string, ChecklistRun>();
  /** Of the run that is being prepared, until it begins. */
  #preparing: AbortController | undefined;
  #abort: AbortController | undefined;
  #running: Promise<void> | undefined;

  readonly onDidChange = this.#changed.event;
  readonly onDidStart = this.#started.event;
  readonly onDidProgress = this.#progressed.event;
  readonly onDidEnd = this.#ended.event;

  constructor(
    commands: Commands,
    private readonly preparation: RunPreparation,
    private readonly engine: ChecklistEngine,
    private readonly journal: JournalMemento,
    private readonly log: Log,
  ) {
    this.#store.add(commands.register('fluxRls.runChecklist', target => this.#start(targetsIn(target))));
    this.#store.add(
      commands.register('fluxRls.cancelChecklist', () => {
        this.cancel();
      }),
    );
    this.#store.add(
      journal.onDidChange(() => {
        this.#changed.fire();
      }),
    );
  }

  /** Whether a run waits for what it needs, such as the person's consent. */
  get isPreparing(): boolean {
    return this.#preparing !== undefined;
  }

  get isRunning(): boolean {
    return this.#abort !== undefined;
  }

  runOf(folder: vscode.WorkspaceFolder | undefined): ChecklistRun {
    const uri = folder?.uri.toString();
    const run = (uri === undefined ? undefined : this.#runs.get(uri)) ?? NEVER;
    const leftBehind = this.journal
      .leftBehind()
      .filter(entry => entry.folder === uri)
      .reduce((sum, { rows }) => sum + rows.length, 0);
    return { ...run, leftBehind };
  }

  /** Stops asking; the run ends once its rows are removed. */
  cancel(): void {
    this.#preparing?.abort();
    this.#abort?.abort();
  }

  /** Stops a run and waits until its rows are removed, for as long as a closing window may. The journal has the rest. */
  async stop(): Promise<void> {
    this.cancel();
    if (this.#running) await Promise.race([this.#running, delay(LAST_WORDS, undefined, { ref: false })]);
  }

  dispose(): void {
    this.cancel();
    this.#store.dispose();
  }

  async #start(targets: readonly RunTarget[]): Promise<void> {
    this.#refuseSecond();
    // Whoever asks again has turned away from a question that is still open.
    this.#preparing?.abort();
    const preparing = (this.#preparing = new AbortController());
    const prepared = await Promise.race([this.#prepare(targets), whenAborted(preparing.signal)]).finally(
      () => {
        if (this.#preparing === preparing) this.#preparing = undefined;
      },
    );
    if (!prepared || preparing.signal.aborted) return;
    this.#refuseSecond();
    this.#running = this.#ask(prepared, onlyOf(targets));
    if (targets.length === 0) {
      await vscode.commands.executeCommand('fluxRls.panel.focus', { preserveFocus: true });
    }
    await this.#running;
  }

  #refuseSecond(): void {
    if (this.#abort) throw new ActionableError('The checklist is running already.');
  }

  async #prepare([target]: readonly RunTarget[]): Promise<PreparedRun | undefined> {
    const named = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.toString() === target?.folder);
    const prepared = await this.preparation.collect(named ?? (await requireFolder()));
    const answer = prepared && (await this.preparation.agree(prepared));
    if (answer === 'show requests') await vscode.commands.executeCommand('fluxRls.showChecklistPlan');
    return typeof answer === 'object' ? answer : undefined;
  }

  async #ask({ folder, options }: PreparedRun, only: ChecklistOptions['only']): Promise<void> {
    const { plan, subjects, mode, gatewayUrl: url } = options;
    const abort = (this.#abort = new AbortController());
    const started = Date.now();
    const last = this.#runs.get(folder.uri.toString());
    const before = only && speaksOfTheSame(last?.report, options) ? last?.report : undefined;
    this.#update({
      ...NEVER,
      folder,
      state: 'running',
      mode,
      url,
      subjects,
      notChecked: plan.notChecked,
      tables: before ? (last?.tables ?? []) : [],
      results: keptResults(before, only),
      report: before,
    });
    this.#started.fire({ folder, plan, only });
    try {
      const report = await this.engine.run({
        ...options,
        ...(only && { only }),
        signal: abort.signal,
        onProgress: progress => {
          this.#advance(folder, progress, plan, only);
        },
      });
      this.log.info(`checklist at ${url}, ${mode}: ${JSON.stringify(summarize(report.results))}`);
      const whole = before ? merged(before, report, only) : report;
      const state = report.cancelled ? 'cancelled' : 'done';
      this.#end(
        folder,
        { state, results: whole.results, notChecked: whole.notChecked, report: whole },
        started,
      );
    } catch (error) {
      const isKnown = error instanceof CannotRun;
      const problem = isKnown ? error.message : 'The checklist broke off. “Flux RLS: Show Log” tells why.';
      // What could not be asked anew is as it was.
      this.#end(folder, { state: 'failed', problem, ...(before && { results: before.results }) }, started);
      if (!isKnown) throw error;
    }
  }

  /** An engine that is told to leave checks out may still speak of them. */
  #advance(
    folder: vscode.WorkspaceFolder,
    progress: Progress,
    plan: ChecklistPlan,
    only: ChecklistOptions['only'],
  ): void {
    if (progress.kind === 'finished' && !covers(only, progress.result)) return;
    const run = this.#runs.get(folder.uri.toString());
    if (!run) return;
    this.#update(advanced(run, progress, plan));
    this.#progressed.fire(progress);
  }

  #end(folder: vscode.WorkspaceFolder, outcome: Partial<ChecklistRun>, started: number): void {
    this.#abort = undefined;
    this.journal.release();
    const run = this.#runs.get(folder.uri.toString()) ?? NEVER;
    const ended = new Date();
    const seconds = (ended.getTime() - started) / 1000;
    const done: ChecklistRun = { ...run, current: [], waiting: '', ...outcome, ended, seconds };
    this.#update(done);
    this.#ended.fire(done);
  }

  #update(run: ChecklistRun): void {
    if (run.folder) this.#runs.set(run.folder.uri.toString(), run);
    this.#changed.fire();
  }
}

async function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    signal.addEventListener(
      'abort',
      () => {
        resolve(undefined);
      },
      { once: true },
    );
  });
}
