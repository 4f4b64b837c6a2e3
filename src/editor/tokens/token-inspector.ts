import * as vscode from 'vscode';
import { formatDuration } from '../../tokens/duration';
import { inspectToken, type TokenInspection } from '../../tokens/inspect';
import { ActionableError } from '../commands';
import type { Projects } from '../project/projects';
import { currentFolder } from '../workspace-files';
import type { ClaimsPages } from './claims-pages';

/** "Inspect Token": decodes a pasted token and says what the gateway will object to. */
export class TokenInspector {
  constructor(
    private readonly projects: Projects,
    private readonly pages: ClaimsPages,
  ) {}

  async inspect(): Promise<void> {
    const pasted = await vscode.window.showInputBox({
      title: 'Inspect token',
      prompt: 'Paste a token; it is not kept.',
      placeHolder: 'eyJ…',
      password: true,
      ignoreFocusOut: true,
    });
    if (pasted === undefined) return;
    const folder = currentFolder();
    const project = folder && (await this.projects.of(folder));
    const secret = vscode.workspace.isTrusted ? project?.jwtSecret?.value : undefined;
    const inspection = await inspectToken(pasted, {
      engine: project?.engine?.value,
      secret,
      now: Math.floor(Date.now() / 1000),
    });
    if (typeof inspection === 'string') throw new ActionableError(inspection);
    await this.pages.show('Token', inspectionPage(inspection, secret !== undefined));
  }
}

function inspectionPage(
  { header, claims, remaining, objections }: TokenInspection,
  signatureChecked: boolean,
): string[] {
  const refused = objections.filter(objection => objection.refused);
  const others = objections.filter(objection => !objection.refused);
  const bullets = (list: typeof objections): string =>
    list.map(({ message, fix }) => `- ${message}\n\n  *Fix:* ${fix}`).join('\n');
  return [
    refused.length > 0
      ? `**The gateway will refuse it.**\n\n${bullets(refused)}`
      : signatureChecked
        ? '**The gateway will take it.**'
        : '**Nothing speaks against it**, but its signature could not be checked: the project secret is not known.',
    ...(others.length > 0 ? [`Worth knowing:\n\n${bullets(others)}`] : []),
    ...(refused.length > 0 ? [] : [lifeOf(remaining)]),
    `Header\n\n\`\`\`json\n${JSON.stringify(header, null, 2)}\n\`\`\``,
    `Claims\n\n\`\`\`json\n${JSON.stringify(claims, null, 2)}\n\`\`\``,
  ];
}

/** @param remaining seconds; a leeway lets a token be taken a little longer than it says */
function lifeOf(remaining: number | undefined): string {
  if (remaining === undefined) return 'It never expires.';
  return remaining > 0
    ? `It is good for another ${formatDuration(remaining)}.`
    : `It expired ${formatDuration(-remaining)} ago, and is taken within the leeway.`;
}
