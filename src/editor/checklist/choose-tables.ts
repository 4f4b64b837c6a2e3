import * as vscode from 'vscode';
import {
  linkColumns,
  type ChecklistPlan,
  type TableChoices,
  type TablePlan,
} from '../../checklist/table-plan';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { requireFolder } from '../project/require';
import type { RunPreparation } from './prepare-run';
import { nameOwner, nameTable } from './questions';
import type { TableChoicesStore } from './table-choices';

/** A table as the list shows it. */
interface TableItem extends vscode.QuickPickItem {
  readonly table: string;
}

const SHARE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('organization'),
  tooltip: 'Shared by all: check its writes only, or all of it again',
};
const OWNER: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('person'),
  tooltip: 'Name the owner column…',
};
const ADD: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('add'),
  tooltip: 'Name another table…',
};

const NO_PLAN: ChecklistPlan = { tables: [], notChecked: [] };

/** "Choose Tables to Check…": what is left out, what is shared, and who owns the rows; kept with the workspace. */
export class ChooseTables implements vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(
    commands: Commands,
    private readonly choices: TableChoicesStore,
    private readonly preparation: RunPreparation,
  ) {
    this.#store.add(commands.register('fluxRls.chooseTables', () => this.#choose()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #choose(): Promise<void> {
    const folder = await requireFolder();
    const { tables: plans, notChecked } = await this.#tablesOf(folder);
    const before = this.choices.of(folder);
    const planned = new Set(plans.map(({ table }) => table));
    const reasons = new Map(notChecked.map(({ table, reason }) => [table, reason]));
    const names = [...new Set([...planned, ...reasons.keys(), ...before.excluded])];
    if (names.length === 0) {
      const named = await nameTable();
      if (named) await this.choices.nameOwner(folder, named.table, named.owner);
      return;
    }
    const list = vscode.window.createQuickPick<TableItem>();
    const shared = new Set(before.shared);
    const show = (): void => {
      const { selectedItems } = list;
      const isFirst = list.items.length === 0;
      const chosen = new Set(selectedItems.map(({ table }) => table));
      list.items = names.map(table =>
        itemOf(
          table,
          plans.find(plan => plan.table === table),
          { ...before, shared: [...shared] },
          reasons.get(table),
        ),
      );
      list.selectedItems = list.items.filter(({ table }) =>
        isFirst ? planned.has(table) : chosen.has(table),
      );
    };
    list.title = `Tables of ${folder.name} to check`;
    list.placeholder = 'Those not picked are left out';
    list.canSelectMany = true;
    list.buttons = [ADD];
    show();
    list.onDidTriggerItemButton(({ item, button }) => {
      if (button === SHARE) {
        if (!shared.delete(item.table)) shared.add(item.table);
        show();
      } else {
        list.hide();
        void this.#nameOwner(folder, item.table);
      }
    });
    list.onDidTriggerButton(() => {
      list.hide();
      void nameTable().then(named => named && this.choices.nameOwner(folder, named.table, named.owner));
    });
    list.onDidAccept(() => {
      const picked = new Set(list.selectedItems.map(({ table }) => table));
      // What cannot be checked as it is was not left out by choice, and gets in once its owner is known.
      const excluded = names.filter(
        table => !picked.has(table) && (planned.has(table) || before.excluded.includes(table)),
      );
      const unowned = [...picked].filter(
        table => !planned.has(table) && !before.excluded.includes(table) && !shared.has(table),
      );
      list.hide();
      void this.#keep(folder, { ...this.choices.of(folder), excluded, shared: [...shared] }, unowned);
    });
    list.onDidHide(() => {
      list.dispose();
    });
    list.show();
  }

  async #keep(
    folder: vscode.WorkspaceFolder,
    choices: TableChoices,
    unowned: readonly string[],
  ): Promise<void> {
    await this.choices.set(folder, choices);
    for (const table of unowned) await this.#nameOwner(folder, table);
  }

  /** All tables that can be chosen from. */
  async #tablesOf(folder: vscode.WorkspaceFolder): Promise<ChecklistPlan> {
    try {
      return (await this.preparation.planOf(folder)) ?? NO_PLAN;
    } catch (error) {
      // Without a gateway there is still the table that is named by hand.
      if (error instanceof ActionableError) return NO_PLAN;
      throw error;
    }
  }

  async #nameOwner(folder: vscode.WorkspaceFolder, table: string): Promise<void> {
    const known = this.choices.of(folder).owners[table];
    const owner = await nameOwner(table, `Owner column of ${table}`, known);
    if (owner !== undefined) await this.choices.nameOwner(folder, table, owner);
  }
}

function itemOf(table: string, plan: TablePlan | undefined, choices: TableChoices, reason = ''): TableItem {
  const owner = choices.owners[table] ?? (plan && linkColumns(plan).join(', '));
  const isShared = choices.shared.includes(table);
  return {
    table,
    label: table,
    description: isShared ? 'shared by all' : owner ? `owner ${owner}` : '',
    ...(!plan && reason !== '' && { detail: reason }),
    buttons: [SHARE, OWNER],
  };
}
