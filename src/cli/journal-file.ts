import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { ClientOptions } from '../checklist/gateway-client';
import type { JournalRow, JournalRun, JournalStore } from '../checklist/journal-store';
import { UsageError } from './io';

/** A run as its file holds it, format version 1. */
interface Entry {
  readonly version: 1;
  readonly run: JournalRun;
  readonly rows: readonly JournalRow[];
  /** Who is at it, and when it was last written, Unix milliseconds. */
  readonly by: { readonly pid: number; readonly machine: string; readonly at: number };
}

/** Milliseconds after which a process with the number of the one that wrote an entry counts as another one. */
const OLDEST_LIVE_ENTRY = 6 * 60 * 60 * 1000;

/** Who reads and writes entries; the process itself unless a test says otherwise. */
export interface Writer {
  readonly pid: number;
  readonly machine: string;
  readonly now: () => number;
  readonly isRunning: (pid: number) => boolean;
}

const THIS_PROCESS: Writer = {
  pid: process.pid,
  machine: hostname(),
  now: () => Date.now(),
  isRunning: pid => {
    try {
      return process.kill(pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  },
};

/**
 * The journal in files, one for each run: every change is on the disk before it is answered. Unfinished are runs at the
 * same gateway and schema whose process is gone.
 */
export class JournalFile implements JournalStore {
  /** Entries of the runs that were begun here. */
  readonly #own = new Map<string, Entry>();
  #queue: Promise<unknown> = Promise.resolve();

  /** @param gateway whose runs are told as unfinished */
  constructor(
    private readonly folder: string,
    private readonly gateway: Pick<ClientOptions, 'gatewayUrl' | 'schema'>,
    private readonly writer: Writer = THIS_PROCESS,
  ) {}

  async begin(run: JournalRun): Promise<void> {
    await this.#inTurn(() => this.#writeOwn(run, []));
  }

  async add(row: JournalRow): Promise<void> {
    await this.#inTurn(async () => {
      const entry = this.#own.get(row.runId);
      if (!entry) throw new Error(`The run ${row.runId} was not begun.`);
      await this.#writeOwn(entry.run, [...entry.rows.filter(({ id }) => id !== row.id), row]);
    });
  }

  async remove(id: string): Promise<void> {
    await this.#inTurn(async () => {
      const own = [...this.#own.values()].find(entry => holds(entry, id));
      const entry = own ?? (await this.#read()).find(candidate => holds(candidate, id));
      if (!entry) return;
      const rows = entry.rows.filter(row => row.id !== id);
      // A run that died stays in the name of who was at it, so that it is dead for everybody.
      if (own) await this.#writeOwn(entry.run, rows);
      else await this.#write({ ...entry, rows });
    });
  }

  async end(runId: string): Promise<void> {
    await this.#inTurn(async () => {
      this.#own.delete(runId);
      await rm(this.#fileOf(runId), { force: true });
    });
  }

  async unfinished(): Promise<readonly { readonly run: JournalRun; readonly rows: readonly JournalRow[] }[]> {
    const entries = await this.#inTurn(() => this.#read());
    return (
      entries
        .filter(entry => this.#isOfGateway(entry) && !this.#own.has(entry.run.runId) && !this.#isLive(entry))
        // Named as the gateway is asked now, whatever slash stands at its end.
        .map(({ run, rows }) => ({ run: { ...run, gatewayUrl: this.gateway.gatewayUrl }, rows }))
    );
  }

  /** One change after the other, so that none is written over by an older one. */
  async #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(action);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #writeOwn(run: JournalRun, rows: readonly JournalRow[]): Promise<void> {
    const { pid, machine, now } = this.writer;
    const entry: Entry = { version: 1, run, rows, by: { pid, machine, at: now() } };
    await this.#write(entry);
    this.#own.set(run.runId, entry);
  }

  /** Renamed into its place once it is on the disk, so that nobody ever reads half of it. */
  async #write(entry: Entry): Promise<void> {
    const file = this.#fileOf(entry.run.runId);
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(JSON.stringify(entry));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
      await this.#syncFolder();
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(
        `The journal of rows cannot be written in ${this.folder} (${code ?? 'unknown reason'}): make the folder writable, or set XDG_STATE_HOME.`,
      );
    }
  }

  /** A new name is on the disk when its folder is. Windows has no such thing. */
  async #syncFolder(): Promise<void> {
    const handle = await open(this.folder).catch(() => undefined);
    await handle?.sync().catch(() => undefined);
    await handle?.close();
  }

  async #read(): Promise<Entry[]> {
    const names = await readdir(this.folder).catch(() => []);
    const texts = names
      .filter(name => name.endsWith('.json'))
      .map(name => readFile(path.join(this.folder, name), 'utf8').catch(() => ''));
    return (await Promise.all(texts)).flatMap(text => parseEntry(text) ?? []);
  }

  #fileOf(runId: string): string {
    if (!/^[\w-]+$/.test(runId)) throw new Error(`"${runId}" is no id of a run.`);
    return path.join(this.folder, `${runId}.json`);
  }

  #isOfGateway({ run }: Entry): boolean {
    return (
      addressOf(run.gatewayUrl) === addressOf(this.gateway.gatewayUrl) && run.schema === this.gateway.schema
    );
  }

  /**
   * On this machine the process tells: gone is dead. This very process knows its own runs, so an entry with its number
   * is of an earlier one: containers hand out the same numbers again. On another machine, whose home is the same,
   * only time tells.
   */
  #isLive({ by }: Entry): boolean {
    const { pid, machine, now, isRunning } = this.writer;
    if (now() - by.at > OLDEST_LIVE_ENTRY) return false;
    if (by.machine !== machine) return true;
    return by.pid !== pid && isRunning(by.pid);
  }
}

function holds({ rows }: Entry, id: string): boolean {
  return rows.some(row => row.id === id);
}

/** Undefined for a file of another format or none. */
function parseEntry(text: string): Entry | undefined {
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    return entry?.version === 1 && entry.run && entry.rows && entry.by ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

function addressOf(url: string): string {
  return URL.canParse(url) ? new URL(url).href.replace(/\/+$/, '') : url;
}
