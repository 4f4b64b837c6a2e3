import * as vscode from 'vscode';
import type { Finding } from '../../lint/finding';
import { textReport } from '../../lint/report/text';
import { isAtLeast } from '../../lint/severity';
import type { SourceFile } from '../../sql/source-file';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { LintService } from './lint-service';
import type { PushPlace, PushPlaces } from './push-places';
import type { Pushes } from './pushes';

const TYPE = 'flux-rls';
/** Paths are absolute: VS Code drops what it has to look up when a task ends before it is found. */
const MATCHER = '$flux-rls-absolute';

/** What `tasks.json` says of a lint task. */
interface LintTaskDefinition extends vscode.TaskDefinition {
  /** Push directory or file, relative to the folder; left out for all. */
  readonly push?: string;
}

/** "Lint Workspace" and its tasks: they print what the terminal's `lint` prints, for what the editor knows. */
export class LintTasks implements vscode.TaskProvider, vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(
    commands: Commands,
    private readonly places: PushPlaces,
    private readonly pushes: Pushes,
    private readonly service: LintService,
  ) {
    this.#store.add(vscode.tasks.registerTaskProvider(TYPE, this));
    this.#store.add(
      commands.register('fluxRls.lintWorkspace', () => this.#lintWorkspace(), { needsTrust: false }),
    );
    this.#store.add(
      vscode.tasks.onDidEndTask(({ execution }) => {
        // The problem matcher has taken over the files of open pushes that are not open themselves.
        if (execution.task.definition.type === TYPE) service.lintOpenDocuments();
      }),
    );
  }

  /** One task a push, and one for all. */
  async provideTasks(): Promise<vscode.Task[]> {
    const places = await this.places.all();
    if (places.length === 0) return [];
    return [
      this.#task({ type: TYPE }, vscode.TaskScope.Workspace),
      ...places.map(({ folder, path }) => this.#task({ type: TYPE, push: path }, folder)),
    ];
  }

  resolveTask({ definition, scope }: vscode.Task): vscode.Task {
    return this.#task(definition, typeof scope === 'object' ? scope : vscode.TaskScope.Workspace);
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #lintWorkspace(): Promise<void> {
    if ((await this.places.all()).length === 0) {
      throw new ActionableError(
        'There is nothing to push: no migrations/, flux/migrations/, sql/migrations/, sql/ or schema.sql was found.',
      );
    }
    const task = this.#task({ type: TYPE }, vscode.TaskScope.Workspace);
    const listeners = new DisposableStore();
    const ended = new Promise<void>(resolve => {
      // A small workspace is through before VS Code has told that the task runs.
      const listener = vscode.tasks.onDidEndTask(({ execution: { task: other } }) => {
        if (other.definition.type === TYPE && other.name === task.name) resolve();
      });
      listeners.add(listener);
    });
    try {
      await vscode.tasks.executeTask(task);
      await ended;
    } finally {
      listeners.dispose();
    }
  }

  #task(
    definition: LintTaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace,
  ): vscode.Task {
    const name = definition.push === undefined ? 'lint workspace' : `lint ${definition.push}`;
    const execution = new vscode.CustomExecution(async () => {
      const places = await this.places.all();
      const wanted = places.filter(
        ({ folder, path }) =>
          (typeof scope === 'number' || folder.index === scope.index) &&
          (definition.push === undefined || definition.push === path),
      );
      return new LintTerminal(this.pushes, this.service, wanted, definition.push);
    });
    const task = new vscode.Task(definition, scope, name, 'Flux RLS', execution, MATCHER);
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
    return task;
  }
}

/** Lints pushes one after the other, and prints their findings as one report. */
class LintTerminal implements vscode.Pseudoterminal {
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly #abort = new AbortController();

  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  constructor(
    private readonly pushes: Pushes,
    private readonly service: LintService,
    private readonly places: readonly PushPlace[],
    private readonly asked: string | undefined,
  ) {}

  open(): void {
    void this.#run().then(
      code => {
        this.#closed.fire(code);
      },
      (error: unknown) => {
        this.#write(error instanceof Error ? error.message : String(error));
        this.#closed.fire(2);
      },
    );
  }

  close(): void {
    this.#abort.abort();
  }

  /** Exit code as the terminal's `lint` has it. */
  async #run(): Promise<number> {
    if (this.places.length === 0) {
      this.#write(`There is nothing to push${this.asked === undefined ? '' : ` at ${this.asked}`}.`);
      return 2;
    }
    const findings: Finding[] = [];
    const files: SourceFile[] = [];
    for (const { file } of this.places) {
      const push = await this.pushes.read(file, this.#abort.signal);
      if (!push) return 2;
      files.push(...push.files.map(source => ({ ...source, name: pathOf(source.name) })));
      for (const finding of this.service.withFixes(push)) {
        findings.push({ ...finding, at: { ...finding.at, file: pathOf(finding.at.file) } });
      }
    }
    const asked = files.map(({ name }) => name);
    this.#write(textReport({ findings, suppressed: [], asked, files }));
    return findings.some(({ severity }) => isAtLeast(severity, 'error')) ? 1 : 0;
  }

  #write(text: string): void {
    this.#written.fire(`${text.replaceAll('\n', '\r\n')}\r\n`);
  }
}

/** Files are named by URI; the report and its problem matcher speak of paths. */
function pathOf(uri: string): string {
  return vscode.Uri.parse(uri).fsPath;
}
