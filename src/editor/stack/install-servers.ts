import { spawn } from 'node:child_process';
import * as vscode from 'vscode';
import { SERVER_PACKAGES } from '../../stack/binaries';
import { ActionableError } from '../commands';

const DOWNLOAD = 'Download';

/** Fetches PostgreSQL and PostgREST with npm into the extension's own storage, once, and only when the person agrees. */
export async function installServers(storage: vscode.Uri): Promise<boolean> {
  const packages = Object.entries(SERVER_PACKAGES).map(([name, version]) => `${name}@${version}`);
  const answer = await vscode.window.showInformationMessage(
    `The local Flux needs PostgreSQL and PostgREST (about 80 MB). Download ${packages.join(' and ')} with npm?`,
    DOWNLOAD,
  );
  if (answer !== DOWNLOAD) return false;
  await vscode.workspace.fs.createDirectory(storage);
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Fetching PostgreSQL and PostgREST',
      cancellable: true,
    },
    async (_progress, token) => runNpm(storage.fsPath, packages, token),
  );
  return true;
}

async function runNpm(
  folder: string,
  packages: readonly string[],
  token: vscode.CancellationToken,
): Promise<void> {
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    ...packages,
  ];
  await new Promise<void>((resolve, reject) => {
    const npm = spawn('npm', args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-2_000);
    });
    token.onCancellationRequested(() => npm.kill());
    npm.once('error', () => {
      reject(
        new ActionableError('npm was not found: install Node.js, or put postgres and postgrest on PATH.'),
      );
    });
    npm.once('exit', code => {
      const line = output.split('\n').find(text => /npm (?:error|ERR!)/.test(text)) ?? 'no reason given';
      if (code === 0) resolve();
      else if (token.isCancellationRequested) reject(new ActionableError('The download was cancelled.'));
      else
        reject(
          new ActionableError(
            `npm could not fetch the servers: ${line.replace(/^npm (?:error|ERR!)\s*/, '')}.`,
          ),
        );
    });
  });
}
