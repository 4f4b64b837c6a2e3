import * as vscode from 'vscode';
import type { Commands } from '../commands';
import { requireFolder } from '../project/require';
import { readSettings, SETTINGS, type ChecklistMode } from '../settings';

const MODES: readonly (vscode.QuickPickItem & { readonly mode: ChecklistMode })[] = [
  {
    mode: 'auto',
    label: 'Automatic',
    description: 'auto',
    detail: 'Full on this machine, no-write everywhere else',
  },
  {
    mode: 'no-write',
    label: 'No-write',
    description: 'no-write',
    detail: 'Only requests that cannot write; some questions stay open, and the report says which',
  },
  {
    mode: 'full',
    label: 'Full',
    description: 'full',
    detail: 'Makes rows of the test subjects, changes them, and removes them again',
  },
];

/** "Choose Checklist Mode…", kept in the settings of the folder. */
export function registerModeCommand(commands: Commands): vscode.Disposable {
  return commands.register('fluxRls.chooseChecklistMode', async () => {
    const folder = await requireFolder();
    const { checklistMode } = readSettings(folder.uri);
    const picked = await vscode.window.showQuickPick(
      MODES.map(item => ({ ...item, picked: item.mode === checklistMode })),
      { title: `Mode of the checklist in ${folder.name}`, placeHolder: `Now: ${checklistMode}` },
    );
    if (!picked) return;
    await vscode.workspace
      .getConfiguration(SETTINGS, folder.uri)
      .update('checklist.mode', picked.mode, vscode.ConfigurationTarget.WorkspaceFolder);
  });
}
