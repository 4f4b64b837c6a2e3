import * as vscode from 'vscode';
import { ENV_FILES, parseEnvFile } from '../../flux/env-file';
import { readFluxProject, type FluxProject, type ProjectOverrides, type Sourced } from '../../flux/project';
import { Secret } from '../../flux/secret';
import { DisposableStore } from '../disposables';
import type { SecretStore } from '../secrets';
import { readSettings, SETTINGS } from '../settings';
import type { LocalFluxService } from '../stack/local-flux-service';
import { readText } from '../workspace-files';
import type { ProfileChoice } from './profile-choice';
import { profileOverrides, readProfiles, type Profile } from '../../flux/profiles';

/** The app's route that answers with the signed-in user's rows, as far as it is known. */
export interface AppSettings {
  readonly url: string | undefined;
  readonly route: string | undefined;
  readonly table: string | undefined;
}

/** The Flux project of each workspace folder, and word of every change in what it is read from. */
export class Projects implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  /** Folders, by URI, that a local Flux serves. */
  readonly #served = new Set<string>();

  /** Something that any project is read from has changed. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly secrets: SecretStore,
    private readonly localFlux: LocalFluxService,
    private readonly choice: ProfileChoice,
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
    this.#store.add(
      localFlux.onDidChange(() => {
        this.#followLocalFlux();
        changed();
      }),
    );
    this.#store.add(choice.onDidChange(changed));
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
    const profile = this.#profileOf(folder);
    const read = await readFluxProject({
      folder: folder.uri.path,
      readFile: name => readText(vscode.Uri.joinPath(folder.uri, name)),
      overrides: profile ? await this.#ofProfile(folder, profile) : await this.#overrides(folder),
    });
    const { jwtSecret, ...withoutSecret } = read;
    // A profile's gateway never sees a token that the secret of another environment signed.
    const project =
      profile && jwtSecret?.from.kind === 'file' && !isOfProfile(profile, jwtSecret) ? withoutSecret : read;
    return { ...project, problems: [...project.problems, ...this.#profileProblems(folder)] };
  }

  /** The profile in use; undefined for the project's own files. */
  profileNameOf(folder: vscode.WorkspaceFolder): string | undefined {
    return this.#profileOf(folder)?.name;
  }

  appOf(folder: vscode.WorkspaceFolder): AppSettings {
    const { appUrl, appRoute, appTable } = readSettings(folder.uri);
    const profile = this.#profileOf(folder);
    return { url: profile?.appUrl ?? appUrl, route: profile?.appRoute ?? appRoute, table: appTable };
  }

  /** What Auth.js encrypts sessions with, from the file that counts for Next.js. */
  async authSecretOf(folder: vscode.WorkspaceFolder): Promise<Secret | undefined> {
    for (const name of ENV_FILES) {
      const text = await readText(vscode.Uri.joinPath(folder.uri, name));
      const value = text === undefined ? undefined : parseEnvFile(text).AUTH_SECRET?.trim();
      if (value !== undefined) return value === '' ? undefined : new Secret(value);
    }
    return undefined;
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Who starts a local Flux wants to ask that one: a profile that was chosen before does not hold any more. */
  #followLocalFlux(): void {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const key = folder.uri.toString();
      if (!this.localFlux.runningFor(folder)) this.#served.delete(key);
      else if (!this.#served.has(key)) {
        this.#served.add(key);
        void this.choice.choose(folder, undefined);
      }
    }
  }

  #profileOf(folder: vscode.WorkspaceFolder): NamedProfile | undefined {
    const name = this.choice.of(folder);
    if (name === undefined) return undefined;
    const profile = readProfiles(readSettings(folder.uri).profiles).profiles.get(name);
    return profile && { name, ...profile };
  }

  #profileProblems(folder: vscode.WorkspaceFolder): FluxProject['problems'] {
    const { profiles, problems } = readProfiles(readSettings(folder.uri).profiles);
    const file = `setting ${SETTINGS}.profiles`;
    const name = this.choice.of(folder);
    const missing =
      name === undefined || profiles.has(name)
        ? []
        : [`The profile "${name}" that was chosen is not there: the project files count.`];
    return [...problems, ...missing].map(message => ({ message, file }));
  }

  /** A profile outranks a running local Flux: it was chosen while that was there. */
  async #ofProfile(folder: vscode.WorkspaceFolder, profile: NamedProfile): Promise<ProjectOverrides> {
    return profileOverrides(profile.name, profile, {
      stored: () => this.secrets.get(folder.uri, profile.name),
      environment: name => process.env[name],
      readFile: async name => readText(vscode.Uri.joinPath(folder.uri, name)).catch(() => undefined),
    });
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

type NamedProfile = Profile & { readonly name: string };

/** Whether a secret of a file is the one that the profile names. */
function isOfProfile({ secret }: Profile, { from }: Sourced<Secret>): boolean {
  return 'file' in secret && secret.file === from.file && secret.name === from.name;
}
