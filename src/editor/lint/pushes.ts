import * as vscode from 'vscode';
import { ENGINES, type Engine } from '../../flux/engine';
import type { FluxProject } from '../../flux/project';
import { isPushDirectory } from '../../flux/push-target';
import { modelFromStatements } from '../../schema/from-statements';
import type { SchemaModel } from '../../schema/model';
import type { SourceFile } from '../../sql/source-file';
import { DisposableStore } from '../disposables';
import type { Projects } from '../project/projects';
import type { ModeledTable } from './access-text';
import { isLinted } from './documents';
import type { PushReader } from './push-reader';

/** The push of a document at one moment: its files as the person sees them, and the project they go to. */
export class Push {
  #models: readonly SchemaModel[] | undefined;

  constructor(
    readonly key: string,
    /** In push order; names are URIs. */
    readonly files: readonly SourceFile[],
    readonly project: FluxProject | undefined,
  ) {}

  get engine(): Engine | undefined {
    return this.project?.engine?.value;
  }

  get apiSchema(): string | undefined {
    return this.project?.schema?.value;
  }

  /** What the files add up to: on the project's engine, or on each where nothing tells which it is. */
  get models(): readonly SchemaModel[] {
    return (this.#models ??= (this.engine === undefined ? ENGINES : [this.engine]).map(engine =>
      modelFromStatements(this.files, { engine, apiSchema: this.apiSchema }),
    ));
  }

  /** A table by its key, as each model has it; none for one that requests cannot see because it is temporary. */
  tablesOf(key: string): ModeledTable[] {
    return this.models.flatMap(model => {
      const table = model.tables.get(key);
      return table && !table.temporary ? [{ model, table }] : [];
    });
  }

  fileOf(uri: vscode.Uri): SourceFile | undefined {
    return this.files.find(({ name }) => name === uri.toString());
  }
}

/** What made a push change. */
export interface PushChange {
  /** The push whose files changed; undefined when all of them may have another project now. */
  readonly key: string | undefined;
  /** The document that was typed into. */
  readonly typed?: vscode.TextDocument;
}

interface Reading {
  readonly push: Promise<Push | undefined>;
  readonly abort: AbortController;
}

/** The pushes of the open documents: each is read once, kept until something in it changes, and given up when it does. */
export class Pushes implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<PushChange>());
  readonly #readings = new Map<string, Reading>();
  /** The files of the pushes of open documents as they were parsed last, by push and URI. */
  readonly #parsed = new Map<string, Map<string, SourceFile>>();

  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly reader: PushReader,
    private readonly projects: Projects,
  ) {
    this.#store.add(
      vscode.workspace.onDidOpenTextDocument(document => {
        // Text that was kept unsaved since the last session differs from the file.
        this.#giveUp(pushKey(document.uri));
      }),
    );
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isLinted(document)) {
          this.#change({ key: pushKey(document.uri), typed: document });
        }
      }),
    );
    this.#store.add(
      vscode.workspace.onDidCloseTextDocument(document => {
        if (isLinted(document)) this.#close(pushKey(document.uri));
      }),
    );
    this.#store.add(
      projects.onDidChange(() => {
        this.#change({ key: undefined });
      }),
    );
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher('**/*.sql'));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      this.#store.add(
        event(uri => {
          this.#change({ key: pushKey(uri) });
        }),
      );
    }
  }

  /** The push a document belongs to; undefined when it changed while it was read. */
  async of({ uri }: vscode.TextDocument): Promise<Push | undefined> {
    const key = pushKey(uri);
    const reading = this.#readings.get(key) ?? this.#start(key, uri);
    return reading.push;
  }

  /** The same, read again as often as it changes meanwhile; undefined when nobody waits for it any more. */
  async settled(document: vscode.TextDocument, token?: vscode.CancellationToken): Promise<Push | undefined> {
    while (!token?.isCancellationRequested) {
      const push = await this.of(document);
      if (push) return token?.isCancellationRequested ? undefined : push;
    }
    return undefined;
  }

  /** Reads the push of a file, open or not; undefined when aborted. */
  async read(
    uri: vscode.Uri,
    signal: AbortSignal,
    known?: Map<string, SourceFile>,
  ): Promise<Push | undefined> {
    try {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      const [paths, project] = await Promise.all([
        this.reader.pushOf(uri),
        folder && this.projects.of(folder),
      ]);
      const files = await this.reader.parse(paths, { signal, known });
      return signal.aborted ? undefined : new Push(pushKey(uri), files, project);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  dispose(): void {
    for (const key of [...this.#readings.keys()]) this.#giveUp(key);
    this.#store.dispose();
  }

  #change(change: PushChange): void {
    for (const key of change.key === undefined ? [...this.#readings.keys()] : [change.key]) this.#giveUp(key);
    this.#changed.fire(change);
  }

  /** What was not saved is gone, and a push without open documents need not be kept. */
  #close(key: string): void {
    if (!vscode.workspace.textDocuments.some(({ uri }) => pushKey(uri) === key)) this.#parsed.delete(key);
    this.#change({ key });
  }

  #giveUp(key: string): void {
    this.#readings.get(key)?.abort.abort();
    this.#readings.delete(key);
  }

  #start(key: string, uri: vscode.Uri): Reading {
    const abort = new AbortController();
    const known = this.#parsed.get(key) ?? new Map<string, SourceFile>();
    this.#parsed.set(key, known);
    const reading: Reading = { abort, push: this.read(uri, abort.signal, known) };
    this.#readings.set(key, reading);
    reading.push.catch(() => {
      // What could not be read is tried again the next time.
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
    });
    return reading;
  }
}

/** Documents with one key belong to one push: that of their push directory, or of the document alone. */
export function pushKey(uri: vscode.Uri): string {
  const directory = directoryOf(uri);
  const isInDirectory =
    uri.scheme !== 'untitled' && uri.path.endsWith('.sql') && isPushDirectory(directory.path);
  return (isInDirectory ? directory : uri).toString();
}

function directoryOf(uri: vscode.Uri): vscode.Uri {
  return uri.with({ path: uri.path.replace(/\/[^/]*$/, '') });
}
