import * as vscode from 'vscode';
import { planByHand } from '../../checklist/plan';
import { linkColumns, type TablePlan } from '../../checklist/table-plan';

/** The table to check: the only one, the one picked, or one that is named by hand and remembered. */
export async function askForTable(
  candidates: readonly TablePlan[],
  memento: vscode.Memento,
  folder: vscode.WorkspaceFolder,
): Promise<TablePlan | undefined> {
  const [only] = candidates;
  if (only && candidates.length === 1) return only;
  if (candidates.length > 1) {
    const items = candidates.map(plan => ({
      label: plan.table,
      description: `owner ${linkColumns(plan).join(', ')}`,
      plan,
    }));
    return (await vscode.window.showQuickPick(items, { title: 'Check which table?' }))?.plan;
  }
  return nameTable(memento, `table ${folder.uri.toString()}`);
}

async function nameTable(memento: vscode.Memento, key: string): Promise<TablePlan | undefined> {
  const last = memento.get<{ table: string; owner: string }>(key);
  const title = 'The SQL of this folder has no table with an owner';
  const table = await vscode.window.showInputBox({
    title: `${title} (1/2)`,
    prompt: 'Table to check',
    value: last?.table ?? '',
    ignoreFocusOut: true,
  });
  if (!table?.trim()) return undefined;
  const owner = await vscode.window.showInputBox({
    title: `${title} (2/2)`,
    prompt: `Column of ${table} that holds the owner`,
    value: last?.owner ?? 'owner_id',
    ignoreFocusOut: true,
  });
  if (!owner?.trim()) return undefined;
  const named = { table: table.trim(), owner: owner.trim() };
  await memento.update(key, named);
  return planByHand(named.table, named.owner);
}

/** A gateway elsewhere is asked for once, by name: rows will be made there. */
export async function confirmHost(
  memento: vscode.Memento,
  gatewayUrl: string,
  table: string,
): Promise<boolean> {
  const { hostname, host } = new URL(gatewayUrl);
  if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return true;
  const key = `host ${host}`;
  if (memento.get<boolean>(key)) return true;
  const run = 'Run';
  const answer = await vscode.window.showWarningMessage(
    `The checklist makes up to three rows in ${table} at ${host} and removes them again.`,
    run,
  );
  if (answer !== run) return false;
  await memento.update(key, true);
  return true;
}
