import { randomBytes } from 'node:crypto';
import { installVsix, linkExtension } from './extensions';
import { ensureVsCode } from './install-vscode';
import { Profile } from './profile';
import { type Settings } from './quiet-settings';
import { VsCodeServer } from './server';

/** The extension to show: its folder, or the package made of it. */
export type ServedExtension = { readonly extensionFolder: string } | { readonly vsix: string };

/** What to serve, and where. */
export type ServeOptions = ServedExtension & {
  /** The folder that VS Code opens. */
  readonly folder: string;
  /** 0, the default, is any free one. */
  readonly port?: number;
  readonly settings?: Settings;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
};

/** A VS Code that a browser on this machine can open. */
export interface ServedWorkbench {
  /** Opens the folder. It holds the token without which the server lets nobody in. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves VS Code with the extension installed, until it is stopped or this process ends.
 * @throws {HarnessFailure}
 */
export async function serveWorkbench(options: ServeOptions): Promise<ServedWorkbench> {
  const { folder, port = 0, settings = {}, env = {}, log = () => undefined } = options;
  const vscode = await ensureVsCode({ log });
  const profile = await Profile.create();
  try {
    if ('vsix' in options) await installVsix(vscode, profile, options.vsix);
    else await linkExtension(profile, options.extensionFolder);
    const connectionToken = randomBytes(16).toString('hex');
    const server = await VsCodeServer.start({ vscode, profile, port, settings, env, connectionToken });
    return {
      url: server.address({ folder }),
      async stop() {
        await server.stop();
        await profile.remove();
      },
    };
  } catch (error) {
    await profile.remove();
    throw error;
  }
}
