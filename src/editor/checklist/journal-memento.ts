import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { JournalRow, JournalRun, JournalStore } from '../../checklist/journal-store';

const PREFIX = 'checklist journal ';
/** Milliseconds after which a process with the number of the one that began a run counts as another one. */
const OLDEST_LIVE_RUN = 6 * 60 * 60 * 1000;

/** Where the rows of a run are, and whose secret made them. */
export interface JournalPlace {
  /** URI of the folder. */
  readonly folder: string;
  readonly profile?: string | undefined;
  /** The local Flux of the window that runs: its database ends with it, and the rows do. */
  readonly isLocalFlux?: boolean | undefined;
}

/** A run as the workspace state keeps it. */
export interface JournalEntry extends JournalPlace {
  readonly run: JournalRun;
  readonly rows: readonly JournalRow[];
  /** Who began it, and when: see {@link isLive}. */
  readonly by: {
    readonly pid: number;
    readonly machine: string;
    readonly at: number;
  };
}

/**
 * The journal of the checklist in the workspace state: one key a run, each change written before it is answered. Two
 * windows of one workspace share the storage, but each only sees what was there when it started, so whether a run is
 * under way elsewhere is told by its process, not by a sign of life that would never arrive.
 */
export class JournalMemento implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Runs that this window began and has not ended. */
  readonly #own = new Set<string>();

  readonly onDidChange = this.#changed.event;

  constructor(private readonly memento: vscode.Memento) {}

  /** The journal for the runs of a folder and profile; of others' runs, it tells only those that may be cleaned up. */
  storeFor(place: JournalPlace): JournalStore {
    return {
      begin: run => {
        this.#own.add(run.runId);
        return this.#write({ ...place, run, rows: [], by: thisWindow() });
      },
      add: row => this.#change(row.runId, rows => [...rows.filter(({ id }) => id !== row.id), row]),
      remove: async id => {
        const entry = this.#entries().find(({ rows }) => rows.some(row => row.id === id));
        if (entry) await this.#change(entry.run.runId, rows => rows.filter(row => row.id !== id));
      },
      end: runId => this.forget(runId),
      unfinished: () =>
        Promise.resolve(
          this.leftBehind().filter(
            ({ folder, profile }) => folder === place.folder && profile === place.profile,
          ),
        ),
    };
  }

  /** Runs that died: begun, not ended, and by nobody who is still there. Reads the workspace state only. */
  leftBehind(): JournalEntry[] {
    return this.#entries().filter(
      ({ run, by, isLocalFlux }) =>
        !this.#own.has(run.runId) && !isLive(by) && (!isLocalFlux || by.pid === process.pid),
    );
  }

  /** Gives up on the rows of a run. */
  async forget(runId: string): Promise<void> {
    this.#own.delete(runId);
    await this.memento.update(PREFIX + runId, undefined);
    this.#changed.fire();
  }

  /** A run of this window is over: rows that are still in its journal are left behind from now on. */
  release(): void {
    this.#own.clear();
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #entries(): JournalEntry[] {
    return this.memento.keys().flatMap(key => {
      const entry = key.startsWith(PREFIX) ? this.memento.get<JournalEntry>(key) : undefined;
      return entry ? [entry] : [];
    });
  }

  async #change(
    runId: string,
    change: (rows: readonly JournalRow[]) => readonly JournalRow[],
  ): Promise<void> {
    const entry = this.memento.get<JournalEntry>(PREFIX + runId);
    if (entry) await this.#write({ ...entry, rows: change(entry.rows) });
  }

  async #write(entry: JournalEntry): Promise<void> {
    await this.memento.update(PREFIX + entry.run.runId, entry);
  }
}

function thisWindow(): JournalEntry['by'] {
  return { pid: process.pid, machine: hostname(), at: Date.now() };
}

/**
 * Whether the window that began a run may still be at it. On this machine its process tells: gone is dead. A process
 * that is there counts for the hours that a run can last; the number may have been given to another one since. This very
 * process knows its own runs, so an entry with its number is of an earlier one: containers hand out the same numbers
 * again. On another machine nobody can look, so only time tells.
 */
export function isLive({ pid, machine, at }: JournalEntry['by'], now = Date.now()): boolean {
  if (now - at > OLDEST_LIVE_RUN) return false;
  if (machine !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
