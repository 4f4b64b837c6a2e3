import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayClient } from './gateway-client';
import type { LeftRow, RowsReport } from './verdict';

/** A row the checklist made, and how to find it. */
export interface JournalRow {
  readonly table: string;
  readonly column: string;
  readonly value: string;
  readonly owner: string;
  /** Whoever may be able to remove it, the owner first. */
  readonly removers: readonly string[];
  /** False while the insert's outcome is unknown: it may have written the row although no answer came. */
  readonly certain: boolean;
}

/** Milliseconds before each look for a row whose insert got no answer. */
const PAUSES = [0, 300, 1_000, 2_000];
/** What stands for "there never was such a row". */
const ABSENT = 'absent';

/** Every row of a run, written down before it can be forgotten, and taken away at the end. */
export class RowJournal {
  readonly #rows: JournalRow[] = [];
  /** Rows that were made and cannot be found again, because nothing names them. */
  readonly #lost: LeftRow[] = [];

  constructor(private readonly client: GatewayClient) {}

  add(row: JournalRow): void {
    this.#rows.push(row);
  }

  addLost(row: LeftRow): void {
    this.#lost.push(row);
  }

  /** Removes what is there, the newest first, and says what could not be removed. */
  async cleanUp(signal?: AbortSignal): Promise<RowsReport> {
    const left: LeftRow[] = [...this.#lost];
    let created = this.#lost.length;
    let removed = 0;
    for (const row of this.#rows.splice(0).reverse()) {
      const failure = row.certain
        ? await this.#remove(row, signal)
        : await this.#removeIfWritten(row, signal);
      if (failure === ABSENT) continue;
      created += 1;
      if (failure === undefined) removed += 1;
      else
        left.push({ table: row.table, key: `${row.column}=${row.value}`, owner: row.owner, reason: failure });
    }
    return { created, removed, left, byTable: [] };
  }

  /** Undefined when the row is gone, else why it stays. */
  async #remove(row: JournalRow, signal: AbortSignal | undefined): Promise<string | undefined> {
    let reason = '';
    for (const as of row.removers) {
      const query = { [row.column]: `eq.${row.value}` };
      const { answer } = await this.client.ask(
        { method: 'DELETE', table: row.table, query, as, prefer: 'return=minimal,count=exact' },
        signal,
      );
      if (answer.status !== null && answer.status < 300) {
        if ((answer.total ?? 0) > 0) return undefined;
        // Nothing was deleted: either no policy lets this subject, or there is no such row.
        reason ||= 'no policy lets its owner delete it';
      } else reason = answer.status === null ? answer.message : (answer.message ?? `status ${answer.status}`);
    }
    return reason;
  }

  /** An insert without an answer may still be on its way, so its row is looked for more than once. */
  async #removeIfWritten(row: JournalRow, signal: AbortSignal | undefined): Promise<string | undefined> {
    for (const pause of PAUSES) {
      await delay(pause);
      if (await this.#isVisible(row, signal)) return this.#remove(row, signal);
    }
    return ABSENT;
  }

  async #isVisible(row: JournalRow, signal: AbortSignal | undefined): Promise<boolean> {
    const query = { select: row.column, [row.column]: `eq.${row.value}` };
    const { answer } = await this.client.ask(
      { method: 'GET', table: row.table, query, as: row.owner },
      signal,
    );
    return answer.status !== null && (answer.rows?.length ?? 0) > 0;
  }
}
