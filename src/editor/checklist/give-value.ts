import * as vscode from 'vscode';
import type { RowValue } from '../../checklist/table-plan';
import type { Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { tell } from '../notify';
import { requireFolder } from '../project/require';
import type { ChecklistService } from './checklist-service';
import type { PlanFinder } from './plan-finder';
import type { TableChoicesStore } from './table-choices';

/** A column for which no value can be made. */
export interface ValueTarget {
  readonly table: string;
  readonly column?: string;
  /** As it would be typed; asked for when left out. */
  readonly value?: string;
}

/** "Give a Value…": asks once for what cannot be made, remembers it, and asks the table again. */
export class GiveValue implements vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(
    commands: Commands,
    checklist: ChecklistService,
    private readonly plans: PlanFinder,
    private readonly choices: TableChoicesStore,
  ) {
    this.#store.add(commands.register('fluxRls.giveValue', target => this.#give(target)));
    this.#store.add(
      checklist.onDidEnd(({ results }) => {
        const stuck = results.find(({ cause }) => cause === 'row-not-made');
        if (stuck) offer(stuck);
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #give(target?: ValueTarget): Promise<void> {
    const folder = await requireFolder();
    const { tables } = await this.plans.planOf(folder);
    const table =
      target?.table ??
      (await pick(
        'Of which table?',
        tables.map(plan => plan.table),
      ));
    if (table === undefined) return;
    const columns = tables.find(plan => plan.table === table)?.columns ?? [];
    const column =
      target?.column ??
      (columns.length > 0
        ? await pick(
            `For which column of ${table}?`,
            columns.map(({ name }) => name),
          )
        : await vscode.window.showInputBox({ title: `For which column of ${table}?` }));
    if (!column) return;
    const type = columns.find(({ name }) => name === column)?.type;
    const text =
      target?.value ??
      (await vscode.window.showInputBox({
        title: `Value for ${table}.${column}`,
        prompt: `JSON, or a text as it is${type === undefined ? '' : `; the column is ${type}`}. It is kept with the workspace: no secrets.`,
        ignoreFocusOut: true,
      }));
    if (text === undefined) return;
    await this.choices.giveValue(folder, table, column, valueOf(text));
    await vscode.commands.executeCommand('fluxRls.runChecklist', { folder: folder.uri.toString(), table });
  }
}

function offer({ table, column }: { readonly table: string; readonly column?: string }): void {
  const what = column === undefined ? table : `${table}.${column}`;
  tell(`no valid row can be made for ${table}, so part of it was not asked.`, {
    label: `Give a value for ${what}…`,
    run: () => vscode.commands.executeCommand('fluxRls.giveValue', { table, ...(column && { column }) }),
  });
}

/** JSON where the text is JSON, else the text. */
export function valueOf(text: string): RowValue {
  try {
    return JSON.parse(text) as RowValue;
  } catch {
    return text;
  }
}

async function pick(title: string, items: readonly string[]): Promise<string | undefined> {
  return vscode.window.showQuickPick(items, { title });
}
