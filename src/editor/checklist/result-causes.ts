import * as vscode from 'vscode';
import type { CheckResult } from '../../checklist/verdict';
import { DisposableStore } from '../disposables';
import { Converter } from '../lint/convert';
import type { Log } from '../log';
import type { ChecklistService } from './checklist-service';
import type { ChecklistEngine } from './engine';
import type { FolderSql, TableFinder } from './table-finder';

/** Milliseconds of quiet after the last change of the SQL before it is read again. */
const DEBOUNCE = 500;

/** Where a cause stands, as a person names it, and the lint rules that find it there. */
export interface ResultCause {
  readonly place: { readonly file: string; readonly line: number; readonly label: string };
  readonly rules: readonly string[];
}

/** Where the SQL of a folder, as it is now, holds the causes of results; asked from where nobody can wait. */
export class ResultCauses implements vscode.Disposable {
  readonly #store = new DisposableStore();
  /** By folder; those that a run was begun for. */
  readonly #sql = new Map<string, FolderSql>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    checklist: ChecklistService,
    private readonly tables: TableFinder,
    private readonly engine: ChecklistEngine,
    changes: readonly vscode.Event<unknown>[],
    private readonly log: Log,
  ) {
    this.#store.add(
      checklist.onDidStart(({ folder }) => {
        void this.#read(folder);
      }),
    );
    for (const event of changes) {
      this.#store.add(
        event(() => {
          this.#readLater();
        }),
      );
    }
  }

  /** The likeliest; undefined where the SQL holds none, or is not read yet. */
  of(folder: vscode.WorkspaceFolder, result: CheckResult): ResultCause | undefined {
    const sql = this.#sql.get(folder.uri.toString());
    const [cause] = sql ? this.engine.causes(result, sql.model) : [];
    if (!sql || !cause) return undefined;
    const { place, rules } = cause;
    const { line } = new Converter(sql.files).range(place).start;
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(place.file), false);
    return { place: { file, line: line + 1, label: place.name }, rules };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#store.dispose();
  }

  #readLater(): void {
    if (this.#sql.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const folders = vscode.workspace.workspaceFolders ?? [];
      for (const folder of folders) if (this.#sql.has(folder.uri.toString())) void this.#read(folder);
    }, DEBOUNCE);
  }

  async #read(folder: vscode.WorkspaceFolder): Promise<void> {
    try {
      this.#sql.set(folder.uri.toString(), await this.tables.sqlOf(folder));
    } catch (error) {
      this.log.error(`Causes in the SQL: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
