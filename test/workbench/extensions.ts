import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { vsCodeEnvironment } from './environment';
import { HarnessFailure } from './harness-failure';
import { type VsCode } from './install-vscode';
import { ProgramFailed, run } from './npm-package';
import { type Profile } from './profile';

/** Installs a packed extension into the profile, as a user would; before the server starts. */
export async function installVsix(vscode: VsCode, profile: Profile, vsix: string): Promise<void> {
  const folders = ['--server-data-dir', profile.dataDir, '--extensions-dir', profile.extensionsDir];
  const quiet = ['--accept-server-license-terms', '--telemetry-level', 'off'];
  const order = ['--install-extension', path.resolve(vsix), '--force'];
  const env = vsCodeEnvironment({ TMPDIR: profile.temporaryDir });
  try {
    await run(vscode.node, [vscode.serverMain, ...folders, ...quiet, ...order], { env });
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new HarnessFailure(`VS Code cannot install ${vsix}: ${firstLine(error.output)}`);
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
}

/** Makes an unpacked extension an installed one. The profile must be fresh: VS Code scans its folder only once. */
export async function linkExtension(profile: Profile, extension: string): Promise<void> {
  const text = await readFile(path.join(extension, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(text) as Manifest;
  const link = path.join(profile.extensionsDir, `${publisher}.${name}-${version}`);
  await symlink(path.resolve(extension), link, 'junction');
}
