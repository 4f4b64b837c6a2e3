import * as vscode from 'vscode';
import { NO_CHOICES, type RowValue, type TableChoices } from '../../checklist/table-plan';

/** What the person said about the tables of a folder, kept with the workspace. */
export class TableChoicesStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memento: vscode.Memento) {}

  of(folder: vscode.WorkspaceFolder): TableChoices {
    return { ...NO_CHOICES, ...this.memento.get<Partial<TableChoices>>(keyOf(folder)) };
  }

  async set(folder: vscode.WorkspaceFolder, choices: TableChoices): Promise<void> {
    await this.memento.update(keyOf(folder), choices);
    this.#changed.fire();
  }

  /** Remembers a value for a column for which none can be made. */
  async giveValue(
    folder: vscode.WorkspaceFolder,
    table: string,
    column: string,
    value: RowValue,
  ): Promise<void> {
    const choices = this.of(folder);
    const values = { ...choices.values, [table]: { ...choices.values[table], [column]: value } };
    await this.set(folder, { ...choices, values });
  }

  /** Remembers the column that holds the owner of a table's rows. */
  async nameOwner(folder: vscode.WorkspaceFolder, table: string, column: string): Promise<void> {
    const choices = this.of(folder);
    await this.set(folder, { ...choices, owners: { ...choices.owners, [table]: column } });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function keyOf(folder: vscode.WorkspaceFolder): string {
  return `checklist tables ${folder.uri.toString()}`;
}
