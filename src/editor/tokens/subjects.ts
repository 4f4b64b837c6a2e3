import * as vscode from 'vscode';

/** Test subjects of a folder, in the order they were added; kept with the workspace, for they are no secrets. */
export class Subjects implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memento: vscode.Memento) {}

  list(folder: vscode.WorkspaceFolder): readonly string[] {
    return this.memento.get<string[]>(keyOf(folder)) ?? [];
  }

  async add(folder: vscode.WorkspaceFolder, subject: string): Promise<void> {
    if (this.list(folder).includes(subject)) return;
    await this.#store(folder, [...this.list(folder), subject]);
  }

  async remove(folder: vscode.WorkspaceFolder, subject: string): Promise<void> {
    await this.#store(
      folder,
      this.list(folder).filter(other => other !== subject),
    );
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #store(folder: vscode.WorkspaceFolder, subjects: readonly string[]): Promise<void> {
    await this.memento.update(keyOf(folder), subjects);
    this.#changed.fire();
  }
}

function keyOf(folder: vscode.WorkspaceFolder): string {
  return `subjects ${folder.uri.toString()}`;
}
