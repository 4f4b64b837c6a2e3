import type * as vscode from 'vscode';
import { Secret } from '../flux/secret';

/** Secrets of one kind that the person typed in, by folder and profile, in VS Code's SecretStorage. They stay on this machine. */
export class SecretStore {
  constructor(
    private readonly storage: vscode.SecretStorage,
    private readonly key = 'fluxRls.projectSecrets',
  ) {}

  /** Fires when any secret of the extension changed, in this window or another one. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.storage.onDidChange(({ key }) => {
      if (key === this.key) listener();
    });
  }

  async get(folder: vscode.Uri, profile?: string): Promise<Secret | undefined> {
    const value = (await this.#read())[keyOf(folder, profile)];
    return value === undefined ? undefined : new Secret(value);
  }

  async set(folder: vscode.Uri, value: string, profile?: string): Promise<void> {
    await this.#write({ ...(await this.#read()), [keyOf(folder, profile)]: value });
  }

  async forget(folder: vscode.Uri, profile?: string): Promise<void> {
    const { [keyOf(folder, profile)]: _forgotten, ...others } = await this.#read();
    await this.#write(others);
  }

  async #read(): Promise<Record<string, string>> {
    const text = await this.storage.get(this.key);
    if (text === undefined) return {};
    try {
      return JSON.parse(text) as Record<string, string>;
    } catch {
      return {};
    }
  }

  async #write(secrets: Record<string, string>): Promise<void> {
    await this.storage.store(this.key, JSON.stringify(secrets));
  }
}

/** A URI has no blanks, so no folder's key is that of another one's profile. */
function keyOf(folder: vscode.Uri, profile: string | undefined): string {
  return profile === undefined ? folder.toString() : `${folder.toString()} ${profile}`;
}
