import * as vscode from 'vscode';
import { MenuContext } from '../menu-context';
import type { ChecklistService } from './checklist-service';

/** Hides from menus what the checklist cannot do now: cancel no run, export no report, clean up no rows. */
export class ChecklistMenus implements vscode.Disposable {
  readonly #runs = new MenuContext('fluxRls.checklistRuns');
  readonly #hasReport = new MenuContext('fluxRls.checklistHasReport');
  readonly #hasLeftRows = new MenuContext('fluxRls.checklistHasLeftRows');
  readonly #following: vscode.Disposable;

  constructor(private readonly checklist: ChecklistService) {
    this.#following = checklist.onDidChange(() => {
      this.#tell();
    });
    this.#tell();
  }

  dispose(): void {
    this.#following.dispose();
  }

  #tell(): void {
    const runs = (vscode.workspace.workspaceFolders ?? []).map(folder => this.checklist.runOf(folder));
    this.#runs.set(this.checklist.isRunning);
    this.#hasReport.set(runs.some(({ report }) => report !== undefined));
    this.#hasLeftRows.set(runs.some(({ leftBehind }) => leftBehind > 0));
  }
}
