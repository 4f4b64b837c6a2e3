import * as vscode from 'vscode';
import type { CheckResult } from '../../checklist/verdict';
import type { ChecklistAction, ChecklistTarget, PanelPlace } from '../../panel/messages';
import type { ChecklistService } from '../checklist/checklist-service';
import { tell } from '../notify';
import type { Projects } from '../project/projects';
import { resultAt } from './panel-matrix';
import type { PanelSources } from './panel-sources';
import { decidingRequest, repeatedByCurl, tokenNeeded } from './repeat-request';

/** What the buttons of a check do. */
export class ChecklistActions {
  constructor(
    private readonly projects: Projects,
    private readonly checklist: ChecklistService,
    private readonly sources: PanelSources,
  ) {}

  async act(
    action: ChecklistAction,
    target: ChecklistTarget,
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<void> {
    if (!folder) return;
    const result = resultAt(this.checklist.runOf(folder).results, target);
    // The folder that the panel shows, which need not be the one of the active editor.
    const inFolder = { ...target, folder: folder.uri.toString() };
    switch (action) {
      case 'run':
        await vscode.commands.executeCommand('fluxRls.runChecklist', inFolder);
        break;
      case 'explain':
        await vscode.commands.executeCommand('fluxRls.explainAnswer', inFolder);
        break;
      case 'fix':
        await vscode.commands.executeCommand('fluxRls.fixCause', inFolder);
        break;
      case 'open': {
        const place = result && this.sources.causeOf?.(folder, result)?.place;
        if (place) await open(folder, place);
        break;
      }
      case 'copyCurl':
        if (result) await this.#copyCurl(folder, result);
        break;
    }
  }

  async #copyCurl(folder: vscode.WorkspaceFolder, result: CheckResult): Promise<void> {
    const asked = decidingRequest(result);
    if (!asked) return;
    // The gateway that was asked, even if the project points at another one by now.
    const { url } = this.checklist.runOf(folder);
    await vscode.env.clipboard.writeText(repeatedByCurl(asked, url, await this.projects.of(folder)));
    const subject = tokenNeeded(asked);
    tell(
      subject === undefined
        ? 'curl line copied; it needs no token.'
        : `curl line copied; set FLUX_TOKEN to a token for ${subject} first.`,
    );
  }
}

async function open(folder: vscode.WorkspaceFolder, { file, line }: PanelPlace): Promise<void> {
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, file), {
    selection: new vscode.Range(at, at),
  });
}
