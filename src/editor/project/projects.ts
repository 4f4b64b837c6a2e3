import * as vscode from 'vscode';
import { ENV_FILES } from '../../flux/env-file';
import { readFluxProject, type FluxProject, type ProjectOverrides, type Sourced } from '../../flux/project';
import { DisposableStore } from '../disposables';
import type { SecretStore } from '../secrets';
import { readSettings, SETTINGS } from '../settings';
import type { LocalFluxService } from '../stack/local-flux-service';
import { readText } from '../workspace-files';

/** The Flux project of each workspace folder, and word of every change in what it is read from. */
export class Projects implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());

  /** Something that any project is read from has changed. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly secrets: SecretStore,
    private readonly localFlux: LocalFluxService,
  ) {
    const changed = (): void => {
      this.#changed.fire();
    };
    const watcher = this.#store.add(
      vscode.workspace.createFileSystemWatcher(`**/{flux.json,${ENV_FILES.join(',')}}`),
    );
    this.#store.add(watcher.onDidChange(changed));
    this.#store.add(watcher.onDidCreate(changed));
    this.#store.add(watcher.onDidDelete(changed));
    this.#store.add(secrets.onDidChange(changed));
    this.#store.add(localFlux.onDidChange(changed));
    this.#store.add(vscode.workspace.onDidChangeWorkspaceFolders(changed));
    this.#store.add(vscode.workspace.onDidGrantWorkspaceTrust(changed));
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration(SETTINGS)) changed();
      }),
    );
  }

  /** What the folder says about its project at this moment; a handful of small files, so nothing is kept. */
  async of(folder: vscode.WorkspaceFolder): Promise<FluxProject> {
    return readFluxProject({
      folder: folder.uri.path,
      readFile: name => readText(vscode.Uri.joinPath(folder.uri, name)),
      overrides: await this.#overrides(folder),
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** A running local Flux outranks the settings, and these the files. */
  async #overrides(folder: vscode.WorkspaceFolder): Promise<ProjectOverrides> {
    const local = this.localFlux.runningFor(folder);
    const fromLocal = <T>(name: string, value: T): Sourced<T> => ({
      value,
      from: { kind: 'local-flux', name },
    });
    if (local) {
      return {
        gatewayUrl: fromLocal('url', local.url),
        engine: fromLocal('engine', local.engine),
        schema: fromLocal('schema', local.schema),
        jwtSecret: fromLocal('secret', local.jwtSecret),
      };
    }
    const settings = readSettings(folder.uri);
    const fromSetting = <T>(key: string, value: T | undefined): Sourced<T> | undefined =>
      value === undefined ? undefined : { value, from: { kind: 'setting', name: `${SETTINGS}.${key}` } };
    const secret = await this.secrets.get(folder.uri);
    return {
      gatewayUrl: fromSetting('gatewayUrl', settings.gatewayUrl),
      engine: fromSetting('engine', settings.engine),
      schema: fromSetting('schema', settings.schema),
      jwtSecret: secret && { value: secret, from: { kind: 'secret-storage', name: 'SecretStorage' } },
    };
  }
}
