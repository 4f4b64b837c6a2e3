import * as vscode from 'vscode';

/** Keys that the manifest's menus go by; each is false until it is told otherwise. */
export type MenuContextKey =
  | 'fluxRls.checklistHasLeftRows'
  | 'fluxRls.checklistHasReport'
  | 'fluxRls.checklistRuns'
  | 'fluxRls.localFluxRuns';

/** A fact that hides a command where it would have nothing to do. */
export class MenuContext {
  #value = false;

  constructor(private readonly key: MenuContextKey) {}

  set(value: boolean): void {
    if (value === this.#value) return;
    this.#value = value;
    void vscode.commands.executeCommand('setContext', this.key, value);
  }
}
