import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';

/** A program to start, and what is left of it when the process that started it dies. */
export interface Supervised {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Removed when this process dies without having called {@link Supervisor.stop}. */
  readonly folder: string;
}

/** Milliseconds between asking the program to end and ending its process group. */
const PATIENCE = 3_000;

/**
 * The whole program between this process and the server. The end of its input means that this process is gone, be it
 * by SIGKILL, and that nobody else is left to end the server and the extension hosts below it. Asked to stop, only the
 * server gets a signal: it lets go of the extension hosts, which then deactivate their extensions before all is ended.
 */
const PROGRAM = `
const { spawn } = require('node:child_process');
const { readdirSync, readFileSync, rmSync } = require('node:fs');
const { file, args, folder, patience } = JSON.parse(process.argv[1]);
const ownGroup = process.platform !== 'win32';
const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: ownGroup });
let asked = false, abandoned = false, code;
function killAll() {
  try { ownGroup ? process.kill(-child.pid, 'SIGKILL') : child.kill('SIGKILL'); } catch {}
}
function isExtensionHost(pid) {
  try {
    const [, , group] = readFileSync('/proc/' + pid + '/stat', 'latin1').split(') ').pop().split(' ');
    return Number(group) === child.pid && readFileSync('/proc/' + pid + '/cmdline', 'latin1').includes('extensionHost');
  } catch { return false; }
}
function hostsLeft() {
  if (process.platform === 'linux') return readdirSync('/proc').some(isExtensionHost);
  try { return ownGroup && process.kill(-child.pid, 0); } catch { return false; }
}
function endAfterHosts() {
  if (asked && hostsLeft()) { setTimeout(endAfterHosts, 20); return; }
  killAll();
  if (abandoned) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.exit(code);
}
child.on('error', error => { console.error(error.message); process.exit(1); });
child.on('exit', status => {
  code = status ?? 1;
  endAfterHosts();
});
process.stdin.on('data', () => {
  asked = true;
  child.kill('SIGTERM');
  setTimeout(killAll, patience);
});
process.stdin.on('end', () => {
  if (asked) return;
  abandoned = true;
  killAll();
});`;

/** Keeps a program in a process group of its own, and from outliving the process that started it. */
export class Supervisor {
  private constructor(
    private readonly process: ChildProcess,
    private readonly gone: Promise<void>,
  ) {}

  static start({ file, args, env, logFile, folder }: Supervised): Supervisor {
    const log = openSync(logFile, 'w');
    const order = JSON.stringify({ file, args, folder, patience: PATIENCE });
    const child = spawn(process.execPath, ['-e', PROGRAM, order], {
      stdio: ['pipe', log, log],
      env,
      detached: true,
    });
    closeSync(log);
    child.stdin?.on('error', () => undefined);
    const gone = new Promise<void>(resolve => {
      child.once('exit', () => {
        resolve();
      });
      child.once('error', () => {
        resolve();
      });
    });
    return new Supervisor(child, gone);
  }

  get running(): boolean {
    return (
      this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null
    );
  }

  /** Ends the program and everything that it started. */
  async stop(): Promise<void> {
    if (this.running) this.process.stdin?.end('stop\n');
    await this.gone;
  }
}
