/** What a command may touch of the outside. */
export interface Terminal {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folders whose `node_modules` may hold the servers of the local Flux. */
  readonly packageRoots: readonly string[];
  /** Aborted by Ctrl+C or a polite kill, with {@link Stopped} as its reason. */
  readonly signal: AbortSignal;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Writes text to the output as it is; `out` and `error` end its line. */
  readonly print: (text: string) => void;
  /** All of standard input. */
  readonly input: () => Promise<Uint8Array>;
  /** Shows one line in place of the one before it; undefined where nobody watches. */
  readonly progress?: (line: string) => void;
  /** Whether the output shows colors. */
  readonly color?: boolean;
  /** Asks on the terminal; undefined where nobody can answer. */
  readonly ask?: (question: string) => Promise<string>;
}

/** Nothing to report, something to report, could not run; stopped by a signal, as shells tell it. */
export const EXIT = { clean: 0, found: 1, cannotRun: 2, interrupted: 130, terminated: 143 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command of `flux-rls`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** @param version of this program. */
  run(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode>;
}

/** Bad input: one sentence that names the thing and what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The program was asked to stop. */
export class Stopped extends Error {
  override readonly name = 'AbortError';

  constructor(readonly by: 'SIGINT' | 'SIGTERM') {
    super('The command was stopped.');
  }
}
