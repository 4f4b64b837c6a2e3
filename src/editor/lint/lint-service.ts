import * as vscode from 'vscode';
import type { Finding } from '../../lint/finding';
import { IncrementalLinter } from '../../lint/incremental';
import { lint, type LintOptions } from '../../lint/linter';
import { RULES } from '../../lint/rules';
import { DisposableStore } from '../disposables';
import type { Log } from '../log';
import { readSettings } from '../settings';
import { isLinted } from './documents';
import { pushKey, type Push, type Pushes } from './pushes';

/** Milliseconds of quiet after the last key before a push is judged. */
const DEBOUNCE = 250;

/** The findings of one push, in the texts they were found in; without their fixes, which take longer. */
export interface LintResult {
  readonly push: Push;
  readonly findings: readonly Finding[];
}

/** Judges the push of every open SQL document, again whenever it or the project changes. */
export class LintService implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #linted = this.#store.add(new vscode.EventEmitter<LintResult>());
  readonly #closed = this.#store.add(new vscode.EventEmitter<readonly string[]>());
  readonly #busyChanged = this.#store.add(new vscode.EventEmitter<void>());
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #results = new WeakMap<Push, LintResult>();
  /** What was found the last time, by the key of the push: an edit changes little of it. */
  readonly #linters = new Map<string, IncrementalLinter>();
  /** Files with shown findings, by the key of their push. */
  readonly #shown = new Map<string, readonly string[]>();
  #running = 0;

  readonly onDidLint = this.#linted.event;
  /** Files, by URI, whose findings are not kept up any more. */
  readonly onDidClose = this.#closed.event;
  readonly onDidChangeBusy = this.#busyChanged.event;

  constructor(
    private readonly pushes: Pushes,
    private readonly log: Log,
  ) {
    for (const event of [vscode.workspace.onDidOpenTextDocument, vscode.workspace.onDidSaveTextDocument]) {
      this.#store.add(
        event(document => {
          this.#schedule(document, 0);
        }),
      );
    }
    this.#store.add(
      vscode.workspace.onDidCloseTextDocument(document => {
        this.#close(document);
      }),
    );
    this.#store.add(
      pushes.onDidChange(({ key, typed }) => {
        // Findings keep the severities that they were found with.
        if (key === undefined) this.#linters.clear();
        if (typed) {
          if (runs(typed, 'onType')) this.#schedule(typed, DEBOUNCE);
        } else this.lintOpenDocuments(key);
      }),
    );
  }

  /** Whether a push is being judged. */
  get isBusy(): boolean {
    return this.#running > 0;
  }

  /** Judges what is open, or what is open of one push, as soon as there is a moment. */
  lintOpenDocuments(key?: string): void {
    for (const document of vscode.workspace.textDocuments) {
      if (key === undefined || pushKey(document.uri) === key) this.#schedule(document, DEBOUNCE);
    }
  }

  /** The findings in the push of a document now; undefined when linting is off, or nobody waits any more. */
  async lint(
    document: vscode.TextDocument,
    token?: vscode.CancellationToken,
  ): Promise<LintResult | undefined> {
    if (!isLinted(document) || runs(document, 'off')) return undefined;
    const push = await this.pushes.settled(document, token);
    return push && this.#judge(push);
  }

  /** The findings of some rules, or of all, with their fixes: in a push that was read, or in other texts of it. */
  withFixes(push: Push, ids?: ReadonlySet<string>, files = push.files): readonly Finding[] {
    // What a comment hides for nothing shows when every rule was asked.
    const isAll = !ids || [...ids].some(id => id.startsWith('suppress-'));
    return lint(files, {
      ...optionsOf(push),
      ...(!isAll && { rules: RULES.filter(({ id }) => ids.has(id)) }),
    });
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#store.dispose();
  }

  #schedule(document: vscode.TextDocument, delay: number): void {
    if (!isLinted(document)) return;
    const key = pushKey(document.uri);
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        void this.#publish(key, document);
      }, delay),
    );
  }

  async #publish(key: string, document: vscode.TextDocument): Promise<void> {
    this.#count(1);
    try {
      const push = runs(document, 'off') ? undefined : await this.pushes.of(document);
      if (document.isClosed) return;
      if (push) {
        const result = this.#judge(push);
        this.#show(key, result);
        this.#linted.fire(result);
      } else if (runs(document, 'off')) this.#show(key, undefined);
      // It changed while it was read.
      else this.#schedule(document, DEBOUNCE);
    } catch (error) {
      this.log.error(`lint: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      this.#count(-1);
    }
  }

  #judge(push: Push): LintResult {
    const known = this.#results.get(push);
    if (known) return known;
    const linter = this.#linters.get(push.key) ?? new IncrementalLinter();
    this.#linters.set(push.key, linter);
    const result = { push, findings: linter.judge(push.files, optionsOf(push)).findings };
    this.#results.set(push, result);
    return result;
  }

  #close(document: vscode.TextDocument): void {
    const key = pushKey(document.uri);
    const others = vscode.workspace.textDocuments.filter(other => other !== document && isLinted(other));
    if (others.some(({ uri }) => pushKey(uri) === key)) return;
    clearTimeout(this.#timers.get(key));
    this.#linters.delete(key);
    this.#show(key, undefined);
  }

  /** Notes whose findings are shown, and tells of files that no push holds any more. */
  #show(key: string, result: LintResult | undefined): void {
    const before = this.#shown.get(key) ?? [];
    if (result)
      this.#shown.set(
        key,
        result.push.files.map(({ name }) => name),
      );
    else this.#shown.delete(key);
    const now = new Set([...this.#shown.values()].flat());
    const gone = before.filter(file => !now.has(file));
    if (gone.length > 0) this.#closed.fire(gone);
  }

  #count(change: number): void {
    const was = this.isBusy;
    this.#running += change;
    if (was !== this.isBusy) this.#busyChanged.fire();
  }
}

/** The project of a push, and the severities that hold where it lies. */
function optionsOf({ key, engine, apiSchema }: Push): LintOptions {
  return { engine, apiSchema, severities: readSettings(vscode.Uri.parse(key)).severities };
}

function runs(document: vscode.TextDocument, run: 'onType' | 'off'): boolean {
  return readSettings(document.uri).lintRun === run;
}
