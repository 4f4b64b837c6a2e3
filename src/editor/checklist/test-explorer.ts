import * as vscode from 'vscode';
import { answerInWords } from '../../checklist/report/in-words';
import type { ChecklistPlan } from '../../checklist/table-plan';
import { worst, type CheckResult } from '../../checklist/verdict';
import { DisposableStore } from '../disposables';
import { Converter } from '../lint/convert';
import type { Log } from '../log';
import type { ChecklistRun } from './checklist-run';
import type { ChecklistService, StartedRun } from './checklist-service';
import type { ChecklistEngine } from './engine';
import type { PlanFinder } from './plan-finder';
import { decisive, textOf, VERDICT_WORDS } from './result-text';
import { covers } from './run-target';
import type { FolderSql } from './table-finder';
import { TestItems } from './test-items';

/** Milliseconds of quiet after the last change of the SQL before the tables are listed again. */
const DEBOUNCE = 500;

/** A run as the Test Explorer follows it. */
interface Followed extends StartedRun {
  readonly sql: FolderSql;
  readonly run: vscode.TestRun;
}

/** The checklist in the Test Explorer: what can be run, and every run, whoever began it. */
export class TestExplorer implements vscode.Disposable {
  readonly #store = new DisposableStore();
  /** For tests of the editor. */
  readonly controller = this.#store.add(
    vscode.tests.createTestController('fluxRls.checklist', 'Flux RLS: Isolation'),
  );
  readonly #items = new TestItems(this.controller);
  /** What the Test Explorer itself asked for; the run that begins next is its answer. */
  #request: vscode.TestRunRequest | undefined;
  #followed: Followed | undefined;
  /** Steps are taken one after the other: a run begins with the SQL being read. */
  #steps: Promise<void> = Promise.resolve();
  #isListed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly checklist: ChecklistService,
    private readonly plans: PlanFinder,
    private readonly engine: ChecklistEngine,
    changes: readonly vscode.Event<unknown>[],
    private readonly log: Log,
  ) {
    this.controller.resolveHandler = async item => {
      if (!item) await this.#list();
    };
    this.controller.refreshHandler = () => this.#list();
    this.controller.createRunProfile(
      'Run Checklist',
      vscode.TestRunProfileKind.Run,
      (request, token) => this.run(request, token),
      true,
    );
    for (const event of changes) {
      this.#store.add(
        event(() => {
          this.#listLater();
        }),
      );
    }
    this.#store.add(
      checklist.onDidStart(started => {
        this.#then(() => this.#begin(started));
      }),
    );
    this.#store.add(
      checklist.onDidProgress(progress => {
        if (progress.kind === 'started') {
          this.#follow(({ folder, run }) => {
            run.started(this.#items.checkItem(folder, progress.table, progress.check));
          });
        } else if (progress.kind === 'finished') {
          this.#follow(followed => {
            this.#judge(followed, progress.result);
          });
        }
      }),
    );
    this.#store.add(
      checklist.onDidEnd(run => {
        this.#follow(followed => {
          this.#end(followed, run);
        });
      }),
    );
  }

  /** Runs what the Test Explorer asks for. */
  async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const cancelled = token.onCancellationRequested(() => {
      this.checklist.cancel();
    });
    try {
      const targets = this.#items.targetsOf(request);
      for (const folder of new Set(targets.map(target => target.folder))) {
        if (token.isCancellationRequested) return;
        const ofFolder = targets.filter(target => target.folder === folder);
        if (!this.checklist.isRunning) this.#request = request;
        await vscode.commands.executeCommand('fluxRls.runChecklist', ofFolder);
        await this.#steps;
      }
    } finally {
      this.#request = undefined;
      cancelled.dispose();
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#followed?.run.end();
    this.#store.dispose();
  }

  #listLater(): void {
    if (!this.#isListed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#then(() => this.#list());
    }, DEBOUNCE);
  }

  async #list(): Promise<void> {
    this.#isListed = true;
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const { plan, sql } = await this.plans.planWithSql(folder);
      // Tables that only the gateway knows are listed by the runs that found them.
      if (plan.tables.length > 0) this.#show(folder, plan, sql);
    }
  }

  #show(folder: vscode.WorkspaceFolder, { tables }: ChecklistPlan, sql: FolderSql): void {
    const { engine } = sql.model;
    const listed = tables.map(plan => ({ table: plan.table, checks: this.engine.checksOf(plan, engine) }));
    this.#items.show(folder, listed, sql);
  }

  async #begin(started: StartedRun): Promise<void> {
    const { folder, plan, only } = started;
    const { sql } = await this.plans.planWithSql(folder);
    this.#show(folder, plan, sql);
    const checks = this.#items.checksOf(folder, check => covers(only, check));
    const request = this.#request ?? new vscode.TestRunRequest(checks);
    const run = this.controller.createTestRun(request, `Isolation checklist of ${folder.name}`, true);
    for (const item of checks) {
      item.description = '';
      run.enqueued(item);
    }
    this.#followed = { ...started, sql, run };
  }

  /** A check that asked several views or functions is as good as the worst of them. */
  #judge({ folder, run, sql }: Followed, { table, check }: CheckResult): void {
    const results = this.checklist
      .runOf(folder)
      .results.filter(result => result.table === table && result.check === check);
    const verdict = worst(results.map(result => result.verdict));
    if (verdict === undefined) return;
    const item = this.#items.checkItem(folder, table, check);
    const decisiveResults = results.filter(result => result.verdict === verdict);
    const milliseconds = results
      .flatMap(({ evidence }) => evidence)
      .reduce((sum, asked) => sum + asked.milliseconds, 0);
    const messages = decisiveResults.map(result => this.#messageOf(result, item, sql));
    item.description = VERDICT_WORDS[verdict];
    if (verdict === 'pass') run.passed(item, milliseconds);
    else if (verdict === 'fail') run.failed(item, messages, milliseconds);
    else if (verdict === 'unknown') run.errored(item, messages, milliseconds);
    else run.skipped(item);
    const lines = decisiveResults.map(
      result => `${table} · ${item.label}: ${VERDICT_WORDS[verdict]}. ${textOf(result)}\r\n`,
    );
    run.appendOutput(lines.join(''), undefined, item);
  }

  /** Expected and actual of the request that decided, at the policy that let it through, else at the table. */
  #messageOf(result: CheckResult, item: vscode.TestItem, { model, files }: FolderSql): vscode.TestMessage {
    const message = new vscode.TestMessage(textOf(result));
    const asked = decisive(result);
    if (asked && asked.expected !== '') {
      message.expectedOutput = asked.expected;
      message.actualOutput = answerInWords(asked);
    }
    const [cause] = this.engine.causes(result, model);
    if (cause) {
      const range = new Converter(files).range(cause.place);
      message.location = new vscode.Location(vscode.Uri.parse(cause.place.file), range);
    } else if (item.uri && item.range) message.location = new vscode.Location(item.uri, item.range);
    return message;
  }

  #end({ folder, only, run }: Followed, { state, problem, results }: ChecklistRun): void {
    this.#followed = undefined;
    const known = new Set(results.map(({ table, check }) => `${table}#${check}`));
    const open = this.#items.checksOf(
      folder,
      check => covers(only, check) && !known.has(`${check.table}#${check.check}`),
    );
    for (const item of open) {
      if (state === 'failed') run.errored(item, new vscode.TestMessage(`Cannot tell: ${problem}`));
      else run.skipped(item);
    }
    run.end();
  }

  /** Takes a step of the run that is followed, once those before it are done. */
  #follow(step: (followed: Followed) => void): void {
    this.#then(() => {
      if (this.#followed) step(this.#followed);
    });
  }

  #then(step: () => void | Promise<void>): void {
    this.#steps = this.#steps.then(step).catch((error: unknown) => {
      this.log.error(
        `Test Explorer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    });
  }
}
