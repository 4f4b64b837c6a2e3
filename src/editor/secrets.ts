import type * as vscode from 'vscode';
import { Secret } from '../flux/secret';

/** Secrets of one kind that the person typed in, by folder, in VS Code's SecretStorage. They stay on this machine. */
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

  async get(folder: vscode.Uri): Promise<Secret | undefined> {
    const value = (await this.#read())[folder.toString()];
    return value === undefined ? undefined : new Secret(value);
  }

  async set(folder: vscode.Uri, value: string): Promise<void> {
    await this.#write({ ...(await this.#read()), [folder.toString()]: value });
  }

  async forget(folder: vscode.Uri): Promise<void> {
    const { [folder.toString()]: _forgotten, ...others } = await this.#read();
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
