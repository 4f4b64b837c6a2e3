import * as vscode from 'vscode';
import type { Finding } from '../../lint/finding';
import { lint } from '../../lint/linter';
import type { SourceFile } from '../../sql/source-file';
import { DisposableStore } from '../disposables';
import type { Log } from '../log';
import type { Projects } from '../project/projects';
import { readSettings } from '../settings';
import { isLinted } from './documents';
import type { PushReader } from './push-reader';

/** Milliseconds of quiet after the last key before a push is judged. */
const DEBOUNCE = 250;

/** The findings of one push and the texts they were found in; names are URIs. */
export interface LintResult {
  readonly files: readonly SourceFile[];
  readonly findings: readonly Finding[];
}

/** Judges the push of every open SQL document, again whenever it or the project changes. */
export class LintService implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #linted = this.#store.add(new vscode.EventEmitter<LintResult>());
  readonly #closed = this.#store.add(new vscode.EventEmitter<readonly string[]>());
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #generations = new Map<string, number>();
  /** Files of the push of each open document, by URI. */
  readonly #pushes = new Map<string, readonly string[]>();

  readonly onDidLint = this.#linted.event;
  /** Files, by URI, whose findings are not kept up any more. */
  readonly onDidClose = this.#closed.event;

  constructor(
    private readonly reader: PushReader,
    private readonly projects: Projects,
    private readonly log: Log,
  ) {
    this.#store.add(
      vscode.workspace.onDidOpenTextDocument(document => {
        this.#schedule(document, 0);
      }),
    );
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && runs(document, 'onType')) this.#schedule(document, DEBOUNCE);
      }),
    );
    this.#store.add(
      vscode.workspace.onDidSaveTextDocument(document => {
        this.#schedule(document, 0);
      }),
    );
    this.#store.add(
      vscode.workspace.onDidCloseTextDocument(document => {
        this.#close(document);
      }),
    );
    this.#store.add(
      projects.onDidChange(() => {
        this.lintOpenDocuments();
      }),
    );
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher('**/*.sql'));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      this.#store.add(
        event(() => {
          this.lintOpenDocuments();
        }),
      );
    }
  }

  lintOpenDocuments(): void {
    for (const document of vscode.workspace.textDocuments) this.#schedule(document, DEBOUNCE);
  }

  /** Judges the push of one document now; undefined when there is nothing to judge. */
  async lint(document: vscode.TextDocument): Promise<LintResult | undefined> {
    if (!isLinted(document) || runs(document, 'off')) return undefined;
    const push = await this.reader.pushOf(document.uri);
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const project = folder && (await this.projects.of(folder));
    const files = await this.reader.parse(push);
    return {
      files,
      findings: lint(files, { engine: project?.engine?.value, apiSchema: project?.schema?.value }),
    };
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#store.dispose();
  }

  #schedule(document: vscode.TextDocument, delay: number): void {
    if (!isLinted(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        void this.#publish(document);
      }, delay),
    );
  }

  async #publish(document: vscode.TextDocument): Promise<void> {
    const key = document.uri.toString();
    const generation = (this.#generations.get(key) ?? 0) + 1;
    this.#generations.set(key, generation);
    try {
      const result = await this.lint(document);
      // What was typed in the meantime has its own run; a closed document has none.
      if (this.#generations.get(key) !== generation || document.isClosed) return;
      const before = this.#pushes.get(key) ?? [];
      this.#pushes.set(key, result?.files.map(({ name }) => name) ?? []);
      this.#forget(before);
      if (result) this.#linted.fire(result);
    } catch (error) {
      this.log.error(`lint: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  #close(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#generations.delete(key);
    const files = this.#pushes.get(key) ?? [];
    this.#pushes.delete(key);
    this.#forget([key, ...files]);
  }

  /** Tells of files that no open document's push holds any more. */
  #forget(files: readonly string[]): void {
    const shown = new Set([...this.#pushes.values()].flat());
    const gone = files.filter(file => !shown.has(file));
    if (gone.length > 0) this.#closed.fire(gone);
  }
}

function runs(document: vscode.TextDocument, run: 'onType' | 'off'): boolean {
  return readSettings(document.uri).lintRun === run;
}
