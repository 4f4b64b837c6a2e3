import * as vscode from 'vscode';
import { linkColumns, type TableChoices, type TablePlan } from '../../checklist/table-plan';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { requireFolder } from '../project/require';
import type { PlanFinder } from './plan-finder';
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

/** "Choose Tables to Check…": what is left out, what is shared, and who owns the rows; kept with the workspace. */
export class ChooseTables implements vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(
    commands: Commands,
    private readonly plans: PlanFinder,
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
    const plans = await this.#tablesOf(folder);
    const before = this.choices.of(folder);
    // Tables that are left out by choice come with a plan only once they are in again.
    const names = [...new Set([...plans.map(({ table }) => table), ...before.excluded])];
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
        ),
      );
      list.selectedItems = list.items.filter(({ table }) =>
        isFirst ? !before.excluded.includes(table) : chosen.has(table),
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
      const excluded = names.filter(table => !picked.has(table));
      void this.choices.set(folder, { ...this.choices.of(folder), excluded, shared: [...shared] });
      list.hide();
    });
    list.onDidHide(() => {
      list.dispose();
    });
    list.show();
  }

  /** All tables that can be chosen from, those that are left out by choice among them. */
  async #tablesOf(folder: vscode.WorkspaceFolder): Promise<readonly TablePlan[]> {
    const { tables, notChecked } = await this.plans.planOf(folder);
    if (tables.length + notChecked.length > 0) return tables;
    try {
      const client = await this.preparation.clientOf(folder);
      return (await this.plans.planWithGateway(folder, client, 'flux-rls-check-a')).tables;
    } catch (error) {
      // Without a gateway there is still the table that is named by hand.
      if (error instanceof ActionableError) return [];
      throw error;
    }
  }

  async #nameOwner(folder: vscode.WorkspaceFolder, table: string): Promise<void> {
    const known = this.choices.of(folder).owners[table];
    const owner = await nameOwner(table, `Owner column of ${table}`, known);
    if (owner !== undefined) await this.choices.nameOwner(folder, table, owner);
  }
}

function itemOf(table: string, plan: TablePlan | undefined, choices: TableChoices): TableItem {
  const owner = choices.owners[table] ?? (plan && linkColumns(plan).join(', '));
  const isShared = choices.shared.includes(table);
  return {
    table,
    label: table,
    description: isShared ? 'shared by all' : owner ? `owner ${owner}` : '',
    buttons: [SHARE, OWNER],
  };
}
