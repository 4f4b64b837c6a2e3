import * as vscode from 'vscode';
import { CHECK_FACTS, CHECK_IDS, type CheckId } from '../../checklist/check-ids';
import { Converter } from '../lint/convert';
import type { RunTarget } from './run-target';
import type { FolderSql } from './table-finder';

/** A table with the checks that it gets. */
export interface ListedTable {
  readonly table: string;
  readonly checks: readonly CheckId[];
}

/** The items of the Test Explorer: one a table, and below it one a check. Ids stay the same from run to run. */
export class TestItems {
  readonly #targets = new WeakMap<vscode.TestItem, RunTarget>();

  constructor(private readonly controller: vscode.TestController) {}

  /** Shows exactly these tables of a folder, at their CREATE TABLE. */
  show(folder: vscode.WorkspaceFolder, tables: readonly ListedTable[], sql: FolderSql | undefined): void {
    const uri = folder.uri.toString();
    const known = new Set(tables.map(({ table }) => idOf(uri, table)));
    this.controller.items.forEach(item => {
      if (this.#targets.get(item)?.folder === uri && !known.has(item.id))
        this.controller.items.delete(item.id);
    });
    for (const { table, checks } of tables) {
      const item = this.#tableItem(folder, table, sql);
      const ids = new Set(checks.map(check => idOf(uri, table, check)));
      item.children.forEach(({ id, description }) => {
        // A check that was asked stays as long as its table does.
        if (!ids.has(id) && !description) item.children.delete(id);
      });
      for (const check of checks) this.#checkItem(item, uri, table, check);
    }
  }

  /** The item of a check, made where none is yet. */
  checkItem(folder: vscode.WorkspaceFolder, table: string, check: CheckId): vscode.TestItem {
    const uri = folder.uri.toString();
    const parent = this.controller.items.get(idOf(uri, table)) ?? this.#tableItem(folder, table, undefined);
    return this.#checkItem(parent, uri, table, check);
  }

  /** All checks of a folder that `covers` speaks of. */
  checksOf(
    folder: vscode.WorkspaceFolder,
    covers: (check: { readonly table: string; readonly check: CheckId }) => boolean,
  ): vscode.TestItem[] {
    const found: vscode.TestItem[] = [];
    this.controller.items.forEach(({ children }) => {
      children.forEach(item => {
        const { folder: uri, table, check } = this.#targets.get(item) ?? {};
        if (uri === folder.uri.toString() && table !== undefined && check && covers({ table, check })) {
          found.push(item);
        }
      });
    });
    return found;
  }

  /** What a request of the Test Explorer asks to be run; tables as a whole where none of their checks is left out. */
  targetsOf({ include, exclude = [] }: Pick<vscode.TestRunRequest, 'include' | 'exclude'>): RunTarget[] {
    const excluded = new Set(exclude);
    const asked = include ?? itemsIn(this.controller.items);
    return asked
      .flatMap(item =>
        itemsIn(item.children).some(child => excluded.has(child)) ? itemsIn(item.children) : [item],
      )
      .filter(item => !excluded.has(item))
      .flatMap(item => this.#targets.get(item) ?? []);
  }

  #tableItem(folder: vscode.WorkspaceFolder, table: string, sql: FolderSql | undefined): vscode.TestItem {
    const id = idOf(folder.uri.toString(), table);
    const place = sql && placeOf(table, sql);
    const known = this.controller.items.get(id);
    // The file of an item cannot change.
    const isThere = known && (!place || known.uri?.toString() === place.uri.toString());
    const item = isThere ? known : this.controller.createTestItem(id, table, place?.uri);
    if (place) item.range = place.range;
    if (isThere) return item;
    this.#targets.set(item, { folder: folder.uri.toString(), table });
    if ((vscode.workspace.workspaceFolders?.length ?? 0) > 1) item.description = folder.name;
    this.controller.items.add(item);
    return item;
  }

  #checkItem(parent: vscode.TestItem, folder: string, table: string, check: CheckId): vscode.TestItem {
    const id = idOf(folder, table, check);
    const known = parent.children.get(id);
    if (known) return known;
    const item = this.controller.createTestItem(id, CHECK_FACTS[check].title, parent.uri);
    item.sortText = String(CHECK_IDS.indexOf(check)).padStart(3, '0');
    if (parent.range) item.range = parent.range;
    this.#targets.set(item, { folder, table, check });
    parent.children.add(item);
    return item;
  }
}

function idOf(...parts: readonly string[]): string {
  return parts.join('#');
}

function itemsIn(items: vscode.TestItemCollection): vscode.TestItem[] {
  return [...items].map(([, item]) => item);
}

/** The statement that makes a table. */
function placeOf(name: string, { model, files }: FolderSql): vscode.Location | undefined {
  const table = model.exposedTables.find(candidate => candidate.name === name);
  if (!table?.created) return undefined;
  const { at } = table.created;
  return new vscode.Location(vscode.Uri.parse(at.file), new Converter(files).range(at));
}
