import type { JournalRow, JournalRun, JournalStore } from '../../src/checklist/journal-store';

/** A journal that outlives a run that "died": what was written before stays as it is. */
export class KeptJournal implements JournalStore {
  readonly #runs = new Map<string, { run: JournalRun; rows: Map<string, JournalRow> }>();
  #isDead = false;

  /** From now on nothing is written any more, as by a process that is gone. */
  die(): void {
    this.#isDead = true;
  }

  /** Another process finds the journal, long after. */
  revive(): void {
    this.#isDead = false;
    for (const { rows } of this.#runs.values()) {
      for (const [id, row] of rows) rows.set(id, { ...row, made: 0 });
    }
  }

  get size(): number {
    return [...this.#runs.values()].reduce((sum, { rows }) => sum + rows.size, 0);
  }

  async begin(run: JournalRun): Promise<void> {
    await this.#write(() => this.#runs.set(run.runId, { run, rows: new Map() }));
  }

  async add(row: JournalRow): Promise<void> {
    await this.#write(() => this.#runs.get(row.runId)?.rows.set(row.id, row));
  }

  async remove(id: string): Promise<void> {
    await this.#write(() => {
      for (const { rows } of this.#runs.values()) rows.delete(id);
    });
  }

  async end(runId: string): Promise<void> {
    await this.#write(() => this.#runs.delete(runId));
  }

  unfinished(): ReturnType<JournalStore['unfinished']> {
    return Promise.resolve(
      [...this.#runs.values()].map(({ run, rows }) => ({ run, rows: [...rows.values()] })),
    );
  }

  /** A dead process never gets past its write. */
  async #write(change: () => unknown): Promise<void> {
    if (this.#isDead) return new Promise<never>(() => undefined);
    change();
    return Promise.resolve();
  }
}
