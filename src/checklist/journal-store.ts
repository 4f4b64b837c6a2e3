/** A row that the checklist is about to make, and how to find it. */
export interface JournalRow {
  /** Unlike any other row's. */
  readonly id: string;
  /** The run that made it. */
  readonly runId: string;
  /** Unix milliseconds. */
  readonly made: number;
  readonly table: string;
  /** PostgREST filters that find the row, and no other: its key, its marker, or its owner where only this run has it. */
  readonly filter: Readonly<Record<string, string>>;
  /**
   * Set where nothing names the row before it is made: `filter` then finds whatever the owner in this column made since.
   * Such rows are removed only of stand-in subjects, whom nobody else writes for.
   */
  readonly ownerColumn?: string;
  /** The subject it belongs to. */
  readonly owner: string;
  /** Whoever may be able to remove it, the owner first. */
  readonly removers: readonly string[];
}

/** Where a run was, so that its rows can be found again in another process. No secret is kept. */
export interface JournalRun {
  readonly runId: string;
  readonly gatewayUrl: string;
  readonly schema?: string;
  readonly role?: string;
  /** Tables from parents to children: rows are removed in the reverse order. */
  readonly tables: readonly string[];
}

/**
 * The rows of runs that are not cleaned up yet, kept where they outlive the process. `add` is awaited before the insert
 * is sent, and takes the place of a row with the same id; `remove` comes once the row is known to be gone.
 */
export interface JournalStore {
  begin(run: JournalRun): Promise<void>;
  add(row: JournalRow): Promise<void>;
  remove(id: string): Promise<void>;
  /** Forgets a run that left nothing. */
  end(runId: string): Promise<void>;
  /** Runs that were begun and not ended, with the rows that may still be there. */
  unfinished(): Promise<readonly { readonly run: JournalRun; readonly rows: readonly JournalRow[] }[]>;
}
