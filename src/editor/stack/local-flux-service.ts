import * as vscode from 'vscode';
import type { Engine } from '../../flux/engine';
import { BinaryMissing } from '../../stack/binaries';
import { LocalFlux } from '../../stack/local-flux';
import { PushFailed, type PushFile } from '../../stack/push';
import { ActionableError } from '../commands';
import { DisposableStore } from '../disposables';
import type { Log } from '../log';
import { installServers } from './install-servers';

/** What is needed to start a local Flux for a folder. */
export interface LocalFluxRequest {
  readonly folder: vscode.WorkspaceFolder;
  readonly engine: Engine;
  readonly schema: string | undefined;
  readonly files: readonly PushFile[];
}

/** At most one local Flux a window, for one folder. */
export class LocalFluxService implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  #flux: LocalFlux | undefined;
  #folder: vscode.WorkspaceFolder | undefined;
  #starting = false;

  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly storage: vscode.Uri,
    private readonly log: Log,
  ) {}

  get state(): 'stopped' | 'starting' | 'running' {
    return this.#starting ? 'starting' : this.#flux ? 'running' : 'stopped';
  }

  /** The local Flux that serves a folder. */
  runningFor(folder: vscode.WorkspaceFolder): LocalFlux | undefined {
    return this.#folder?.uri.toString() === folder.uri.toString() ? this.#flux : undefined;
  }

  /** Starts one; a missing server is fetched with the person's consent. Undefined when that was refused. */
  async start(request: LocalFluxRequest): Promise<LocalFlux | undefined> {
    if (this.#starting || this.#flux) throw new ActionableError('The local Flux is running already.');
    this.#setStarting(true);
    try {
      this.#flux = await this.#startOrInstall(request);
      this.#folder = request.folder;
      return this.#flux;
    } finally {
      this.#setStarting(false);
    }
  }

  /** Starts another one that nothing else knows of; whoever asks for it stops it. Undefined when a server was refused. */
  async startApart(request: LocalFluxRequest): Promise<LocalFlux | undefined> {
    return this.#startOrInstall(request);
  }

  async stop(): Promise<void> {
    const flux = this.#flux;
    this.#flux = undefined;
    this.#folder = undefined;
    this.#changed.fire();
    await flux?.stop();
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #startOrInstall(request: LocalFluxRequest): Promise<LocalFlux | undefined> {
    try {
      return await this.#launch(request);
    } catch (error) {
      if (!(error instanceof BinaryMissing)) throw explained(error, request);
    }
    if (!(await installServers(this.storage))) return undefined;
    return this.#launch(request).catch((error: unknown) => {
      throw explained(error, request);
    });
  }

  async #launch({ engine, schema, files }: LocalFluxRequest): Promise<LocalFlux> {
    return LocalFlux.start({
      engine,
      files,
      ...(schema !== undefined && { schema }),
      packageRoots: [this.extension.fsPath, this.storage.fsPath],
      log: line => {
        this.log.info(line);
      },
    });
  }

  #setStarting(starting: boolean): void {
    this.#starting = starting;
    this.#changed.fire();
  }
}

/** A refused push leads to its line. */
function explained(error: unknown, { folder }: LocalFluxRequest): unknown {
  if (!(error instanceof PushFailed)) return error;
  return new ActionableError(`The push was refused: ${error.message}`, {
    label: 'Open File',
    run: async () => {
      const line = (error.line ?? 1) - 1;
      const uri = folder.uri.with({ path: error.file });
      await vscode.window.showTextDocument(uri, { selection: new vscode.Range(line, 0, line, 0) });
    },
  });
}
