import { spawn } from 'node:child_process';

/** What the reaper ends when its parent is gone, and the folder it then removes. */
interface Charge {
  readonly folder: string;
  readonly pids: readonly number[];
}

/**
 * The reaper's whole program: it reads charges, one JSON line each, the last one counts. End of input without the word
 * `stop` means that the parent died, by SIGKILL or a crash, and nobody else is left to clean up.
 */
const PROGRAM = `
const { rmSync } = require('node:fs');
let charge = { pids: [] }, pending = '';
process.stdin.on('data', chunk => {
  const lines = (pending + chunk).split('\\n');
  pending = lines.pop();
  for (const line of lines) { if (line === 'stop') process.exit(0); charge = JSON.parse(line); }
});
process.stdin.on('end', () => {
  for (const pid of charge.pids) for (const target of [-pid, pid]) try { process.kill(target, 'SIGKILL'); } catch {}
  setTimeout(() => { if (charge.folder) rmSync(charge.folder, { recursive: true, force: true }); process.exit(0); }, 300);
});`;

/** Keeps servers from outliving the process that started them, however that process ends. */
export class Reaper {
  readonly #child = spawn(process.execPath, ['-e', PROGRAM], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    // An Electron host is a Node only with this variable; a plain Node ignores it.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });

  constructor() {
    this.#child.on('error', () => undefined);
    this.#child.stdin.on('error', () => undefined);
    this.#child.unref();
  }

  watch(charge: Charge): void {
    this.#child.stdin.write(`${JSON.stringify(charge)}\n`);
  }

  /** The servers are stopped; nothing is left to do. */
  dismiss(): void {
    this.#child.stdin.end('stop\n');
  }
}
