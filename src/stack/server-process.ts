import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';

/** Milliseconds a server may take to start or to stop. */
const START_LIMIT = 30_000;
const STOP_LIMIT = 5_000;

/** A server that did not start, with the last lines it wrote. */
export class ServerFailed extends Error {
  override readonly name = 'ServerFailed';

  constructor(
    readonly server: string,
    readonly output: string,
  ) {
    super(`${server} did not start: ${lastLine(output)}`);
  }
}

/** A child process that serves until it is stopped, and whose output says when it is ready. */
export class ServerProcess {
  #output = '';
  readonly #listeners = new Set<(line: string) => void>();
  readonly #gone: Promise<void>;
  readonly #child: ChildProcess;

  constructor(
    readonly name: string,
    file: string,
    args: readonly string[],
    options: SpawnOptions,
    private readonly log: (line: string) => void,
  ) {
    // A process group of its own: Ctrl+C in the terminal reaches only the parent, which stops its servers in order.
    this.#child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#gone = new Promise(resolve => {
      this.#child.once('exit', () => {
        resolve();
      });
      this.#child.once('error', error => {
        this.#receive(`${error.message}\n`);
        resolve();
      });
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#receive(text);
      });
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Resolves at the next line of output that holds `text`.
   * @throws {ServerFailed} when the process ends or {@link START_LIMIT} passes first
   */
  async says(text: string): Promise<void> {
    let listener: ((line: string) => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        new Promise<void>(resolve => {
          listener = line => {
            if (line.includes(text)) resolve();
          };
          this.#listeners.add(listener);
        }),
        this.#gone.then(() => Promise.reject(new ServerFailed(this.name, this.#output))),
        new Promise((_, reject) => {
          timer = setTimeout(() => {
            reject(
              new ServerFailed(this.name, `no "${text}" within ${START_LIMIT / 1000} s\n${this.#output}`),
            );
          }, START_LIMIT).unref();
        }),
      ]);
    } finally {
      clearTimeout(timer);
      if (listener) this.#listeners.delete(listener);
    }
  }

  /** Asks with `signal`, then insists. Resolves when the process is gone. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    this.#child.kill(signal);
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT);
    await this.#gone;
    clearTimeout(insist);
  }

  #receive(text: string): void {
    this.#output = (this.#output + text).slice(-8_000);
    for (const line of text.split('\n').filter(line => line.trim() !== '')) {
      this.log(`${this.name}: ${line}`);
      for (const listener of this.#listeners) listener(line);
    }
  }
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? 'it wrote nothing';
}
