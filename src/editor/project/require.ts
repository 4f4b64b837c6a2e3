import * as vscode from 'vscode';
import type { FluxProject } from '../../flux/project';
import type { Secret } from '../../flux/secret';
import { ActionableError } from '../commands';
import { pickFolder } from '../workspace-files';

/** The folder a command works on. */
export async function requireFolder(): Promise<vscode.WorkspaceFolder> {
  const folder = await pickFolder();
  if (folder) return folder;
  throw new ActionableError('Open the folder of your app first.', {
    label: 'Open Folder',
    run: () => vscode.commands.executeCommand('vscode.openFolder'),
  });
}

export function requireSecret({ jwtSecret, name }: FluxProject): Secret {
  if (jwtSecret) return jwtSecret.value;
  throw new ActionableError(`The project secret of ${name} is not known: it signs the tokens.`, {
    label: 'Enter Secret…',
    run: () => vscode.commands.executeCommand('fluxRls.enterSecret'),
  });
}

export function requireGatewayUrl({ gatewayUrl, name }: FluxProject): string {
  const url = gatewayUrl?.value;
  const change = {
    label: 'Set URL…',
    run: () => vscode.commands.executeCommand('fluxRls.setGatewayUrl'),
  };
  if (url === undefined) throw new ActionableError(`The gateway URL of ${name} is not known.`, change);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ActionableError(`"${url}" is not an http(s) address.`, change);
  }
  return url;
}
