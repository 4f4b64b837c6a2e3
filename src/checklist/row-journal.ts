import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Asker } from './gateway-client';
import { affects, shows } from './ideal';
import type { JournalRow, JournalRun, JournalStore } from './journal-store';
import type { Sleep } from './pace';
import type { LeftRow, RowsReport } from './verdict';

/** Seconds before each look for a row whose insert got no answer: the gateway gives up before PostgreSQL does. */
const PAUSES = [0, 0.3, 1, 2];

/** Milliseconds after which no insert is on its way any more: PostgreSQL's own limit on the platform is 15 s. */
const LONGEST_REQUEST = 15_000;

/** Takes a row away past every policy; true when it is gone. */
export type Sweep = (row: JournalRow) => Promise<boolean>;

/** A row of the journal while its run goes on. */
interface Entry {
  row: JournalRow;
  /** Its owner saw it, so that it is gone when its owner does not see it any more. */
  wasSeen?: true;
  /** `sent`: it may have been written although no answer came. */
  state: 'sent' | 'written';
}

/** Every row of a run, written down before it is made, and taken away at the end. */
export class RowJournal {
  readonly #entries = new Map<string, Entry>();
  readonly #created = new Map<string, number>();
  readonly #removed = new Map<string, number>();
  #begun: Promise<void> | undefined;

  constructor(
    private readonly client: Asker,
    private readonly run: JournalRun,
    private readonly store: JournalStore | undefined,
    private readonly options: { readonly sweep?: Sweep | undefined; readonly sleep?: Sleep | undefined } = {},
  ) {}

  get canSweep(): boolean {
    return this.options.sweep !== undefined;
  }

  /** Writes a row down; the insert is sent after that. */
  async add(row: Omit<JournalRow, 'id' | 'runId' | 'made'>): Promise<string> {
    const { runId } = this.run;
    const entry: JournalRow = { ...row, id: randomBytes(6).toString('hex'), runId, made: Date.now() };
    this.#begun ??= this.store?.begin(this.run) ?? Promise.resolve();
    await this.#begun;
    await this.store?.add(entry);
    this.#entries.set(entry.id, { row: entry, state: 'sent' });
    return entry.id;
  }

  /** The row was made. */
  written(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    count(this.#created, entry.row.table);
    entry.state = 'written';
  }

  /** The row's key is known now. */
  async refine(id: string, filter: JournalRow['filter']): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const { ownerColumn: _vague, ...row } = entry.row;
    entry.row = { ...row, filter };
    entry.wasSeen = true;
    await this.store?.add(entry.row);
  }

  /** The insert was refused, or the row was removed again by a check. */
  async forget(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.state === 'written') count(this.#removed, entry.row.table);
    this.#entries.delete(id);
    await this.store?.remove(id);
  }

  /** A DELETE that was cut short may have removed the row already. */
  async #removeUnlessGone(
    { row, wasSeen }: Entry,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const reason = await removeRow(this.client, row, this.options.sweep, signal);
    if (reason === undefined || !wasSeen) return reason;
    return (await look(this.client, row, row.owner, signal)) === 'absent' ? undefined : reason;
  }

  /** Removes what is there, children before parents and the newest first, and says what could not be removed. */
  async cleanUp(signal?: AbortSignal): Promise<RowsReport> {
    const left: LeftRow[] = [];
    const depth = (entry: Entry): number => this.run.tables.indexOf(entry.row.table);
    const entries = [...this.#entries.values()].reverse().sort((one, other) => depth(other) - depth(one));
    for (const entry of entries) {
      const presence =
        entry.state === 'written'
          ? 'there'
          : await lookFor(this.client, entry.row, signal, this.options.sleep);
      if (presence === 'not known') {
        left.push(leftRow(entry.row, NOT_LOOKED_FOR));
        continue;
      }
      if (presence === 'absent') {
        await this.store?.remove(entry.row.id);
        continue;
      }
      if (entry.state === 'sent') count(this.#created, entry.row.table);
      const reason = await this.#removeUnlessGone(entry, signal);
      if (reason === undefined) {
        count(this.#removed, entry.row.table);
        await this.store?.remove(entry.row.id);
      } else left.push(leftRow(entry.row, reason));
    }
    this.#entries.clear();
    if (left.length === 0 && this.#begun) await this.store?.end(this.run.runId);
    const tables = [...new Set([...this.#created.keys(), ...this.#removed.keys()])];
    const byTable = tables.map(table => ({
      table,
      created: this.#created.get(table) ?? 0,
      removed: this.#removed.get(table) ?? 0,
    }));
    const sum = (kind: 'created' | 'removed'): number => byTable.reduce((all, table) => all + table[kind], 0);
    return { created: sum('created'), removed: sum('removed'), left, byTable };
  }
}

/** Removes one row; the reason when it stays. */
export async function removeRow(
  client: Asker,
  row: JournalRow,
  sweep: Sweep | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let reason = '';
  for (const as of row.removers) {
    if (row.ownerColumn !== undefined && !isStandIn(as)) {
      reason = `${as} made a row since, and nothing tells whether it is the checklist’s`;
      continue;
    }
    const { answer } = await client.ask(
      {
        method: 'DELETE',
        table: row.table,
        query: filterFor(row, as),
        as,
        prefer: 'return=minimal,count=exact',
        ideal: affects(1),
      },
      signal,
    );
    if (answer.status !== null && answer.status < 300) {
      if ((answer.total ?? 0) > 0) return undefined;
      reason ||= 'no policy lets its owner delete it';
    } else reason = answer.status === null ? answer.message : (answer.message ?? `status ${answer.status}`);
  }
  return (await sweep?.(row)) ? undefined : reason;
}

/** Says of a row whose insert got no answer that it may be there, for nobody could look. */
export const NOT_LOOKED_FOR = 'it may have been made, and the gateway gives no answer to tell';

/** Whether a row is there whose insert got no answer; such an insert may still be on its way. */
export async function lookFor(
  client: Asker,
  row: JournalRow,
  signal: AbortSignal | undefined,
  sleep: Sleep = seconds => delay(seconds * 1000),
): Promise<'there' | 'absent' | 'not known'> {
  const isRecent = Date.now() - row.made < LONGEST_REQUEST;
  let presence: 'absent' | 'not known' = 'not known';
  for (const pause of isRecent ? PAUSES : [0]) {
    await sleep(pause, signal);
    const looks = await Promise.all(row.removers.map(as => look(client, row, as, signal)));
    if (looks.includes('there')) return 'there';
    presence = looks.includes('absent') ? 'absent' : 'not known';
  }
  return presence;
}

async function look(
  client: Asker,
  row: JournalRow,
  as: string,
  signal: AbortSignal | undefined,
): Promise<'there' | 'absent' | 'not known'> {
  const filter = filterFor(row, as);
  const query = { select: Object.keys(filter)[0] ?? '', ...filter };
  const request = { method: 'GET', table: row.table, query, as, ideal: shows([]) } as const;
  const { answer } = await client.ask(request, signal);
  if (answer.status === null || answer.status >= 300) return 'not known';
  return (answer.rows?.length ?? 0) > 0 ? 'there' : 'absent';
}

export function leftRow({ table, filter, owner }: JournalRow, reason: string): LeftRow {
  const key = Object.entries(filter)
    .map(([column, condition]) => `${column}=${condition.replace(/^eq\./, '')}`)
    .join(', ');
  return { table, key, owner, reason };
}

/** Subjects that only the checklist writes for. */
export function isStandIn(subject: string): boolean {
  return subject.startsWith('flux-rls-check-');
}

/** Where only its owner and the time tell a row, each remover looks among its own. */
function filterFor({ filter, ownerColumn }: JournalRow, as: string): Record<string, string> {
  return ownerColumn === undefined ? { ...filter } : { ...filter, [ownerColumn]: `eq.${as}` };
}

function count(counts: Map<string, number>, table: string): void {
  counts.set(table, (counts.get(table) ?? 0) + 1);
}
