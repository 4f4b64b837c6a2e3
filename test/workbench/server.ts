import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { vsCodeEnvironment } from './environment';
import { HarnessFailure } from './harness-failure';
import { type VsCode } from './install-vscode';
import { type Profile } from './profile';
import { type Settings } from './quiet-settings';
import { Supervisor } from './supervisor';
import { until } from './until';

/** How to start a VS Code server. */
export interface ServerOptions {
  readonly vscode: VsCode;
  readonly profile: Profile;
  /** On top of the quiet ones. */
  readonly settings?: Settings;
  /** Lets the page say which extension to develop and which tests to run, and mutes notifications. */
  readonly smokeDriver?: boolean;
  /** Opens folders in restricted mode until they are trusted, as a desktop does; off by default. */
  readonly workspaceTrust?: boolean;
  /** Environment of the server and so of the extension. */
  readonly env?: Readonly<Record<string, string>>;
  /** 0, the default, is any free one. */
  readonly port?: number;
  /** Without it, whoever reaches the port is let in. */
  readonly connectionToken?: string;
}

/** What a page of the workbench shows. */
export interface WorkbenchAddress {
  readonly folder?: string;
  /** Heard only with {@link ServerOptions.smokeDriver}. */
  readonly payload?: readonly (readonly [key: string, value: string])[];
}

/** VS Code's own server on 127.0.0.1, which serves the web workbench and runs the extensions in Node. */
export class VsCodeServer {
  private constructor(
    /** Where the workbench is, without a folder. */
    readonly url: string,
    /** What its `vscode-remote:` addresses name. */
    readonly authority: string,
    readonly logFile: string,
    private readonly supervisor: Supervisor,
    private readonly connectionToken: string | undefined,
  ) {}

  /** @throws {HarnessFailure} when the server does not come up */
  static async start(options: ServerOptions): Promise<VsCodeServer> {
    const { vscode, profile, settings = {}, env = {}, workspaceTrust = false, connectionToken } = options;
    await profile.writeSettings({ 'security.workspace.trust.enabled': workspaceTrust, ...settings });
    const supervisor = Supervisor.start({
      file: vscode.node,
      args: [vscode.serverMain, ...serverArguments(options)],
      env: vsCodeEnvironment({ TMPDIR: profile.temporaryDir, ...env }),
      logFile: profile.logFile,
      folder: profile.folder,
    });
    try {
      const port = await until('VS Code server', () => listeningPort(profile.logFile, supervisor));
      const authority = `127.0.0.1:${port}`;
      return new VsCodeServer(
        `http://${authority}/`,
        authority,
        profile.logFile,
        supervisor,
        connectionToken,
      );
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
  }

  /** Address of a page with the workbench. */
  address({ folder, payload }: WorkbenchAddress): string {
    const url = new URL(this.url);
    if (this.connectionToken !== undefined) url.searchParams.set('tkn', this.connectionToken);
    const kind = folder?.endsWith('.code-workspace') ? 'workspace' : 'folder';
    if (folder !== undefined) url.searchParams.set(kind, toUriPath(folder));
    if (payload !== undefined) url.searchParams.set('payload', JSON.stringify(payload));
    return url.href;
  }

  /** Address of a file or folder, as the workbench spells it. */
  uri(file: string): string {
    return `vscode-remote://${this.authority}${encodeURI(toUriPath(file)).replace(/[#?]/g, encodeURIComponent)}`;
  }

  async log(): Promise<string> {
    return readFile(this.logFile, 'utf8');
  }

  /** Ends the server with its extension hosts and terminals. */
  async stop(): Promise<void> {
    await this.supervisor.stop();
  }
}

function serverArguments(options: ServerOptions): string[] {
  const { profile, port = 0, connectionToken, workspaceTrust = false, smokeDriver = false } = options;
  return [
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...(connectionToken === undefined
      ? ['--without-connection-token']
      : ['--connection-token', connectionToken]),
    ...['--server-data-dir', profile.dataDir, '--extensions-dir', profile.extensionsDir],
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...['--disable-update-check', '--disable-getting-started-override'],
    // Seconds that an extension host waits for a page to come back.
    ...['--reconnection-grace-time', '5'],
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(smokeDriver ? ['--enable-smoke-test-driver'] : []),
  ];
}

/** Undefined while the server is starting. It goes on without a port when it cannot have the one that it should. */
async function listeningPort(logFile: string, supervisor: Supervisor): Promise<number | undefined> {
  const { running } = supervisor;
  const log = await readFile(logFile, 'utf8');
  const port = /agent listening on (\d+)/.exec(log)?.[1];
  if (port !== undefined) return Number(port);
  const taken = /EADDRINUSE: .*:(\d+)/.exec(log)?.[1];
  if (taken !== undefined) throw new HarnessFailure(`Port ${taken} of 127.0.0.1 is in use.`);
  if (running) return undefined;
  throw new HarnessFailure(`The VS Code server ended before it was up: ${log.trim().slice(-2_000)}`);
}

function toUriPath(file: string): string {
  const absolute = path.resolve(file).split(path.sep).join('/');
  return absolute.startsWith('/') ? absolute : `/${absolute}`;
}
