import * as vscode from 'vscode';

/** Which profile a folder uses, kept with the workspace. */
export class ProfileChoice implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memento: vscode.Memento) {}

  /** Undefined for the project's own files. */
  of(folder: vscode.WorkspaceFolder): string | undefined {
    return this.memento.get<string>(keyOf(folder));
  }

  async choose(folder: vscode.WorkspaceFolder, name: string | undefined): Promise<void> {
    if (this.of(folder) === name) return;
    await this.memento.update(keyOf(folder), name);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function keyOf(folder: vscode.WorkspaceFolder): string {
  return `profile ${folder.uri.toString()}`;
}
