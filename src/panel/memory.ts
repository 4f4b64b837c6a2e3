/** What the person opened, closed and chose: kept by VS Code while the page is hidden, and lost with the window. */
interface Remembered {
  /** Sections that were closed. */
  closed: string[];
  /** Details that are open where they start closed, or the other way round. */
  turned: string[];
  /** The cell whose evidence is shown; null once it was closed, undefined while nobody chose. */
  selected?: string | null;
  /** That cell was the person's choice, and stays when the next run starts. */
  chosen: boolean;
  /** How far the page was scrolled, pixels. */
  scroll: number;
}

/** The part of VS Code's interface to a page that this needs. */
export interface PageStore {
  getState(): unknown;
  setState(state: unknown): void;
}

/** Keeps what the page has to look like when it comes back. */
export class Memory {
  #now: Remembered;

  constructor(private readonly store: PageStore) {
    const kept = store.getState() as Partial<Remembered> | null | undefined;
    this.#now = { closed: [], turned: [], chosen: false, scroll: 0, ...kept };
  }

  isClosed(section: string): boolean {
    return this.#now.closed.includes(section);
  }

  setClosed(section: string, closed: boolean): void {
    this.#update({ closed: withOrWithout(this.#now.closed, section, closed) });
  }

  isTurned(details: string): boolean {
    return this.#now.turned.includes(details);
  }

  setTurned(details: string, turned: boolean): void {
    this.#update({ turned: withOrWithout(this.#now.turned, details, turned) });
  }

  get selected(): string | null | undefined {
    return this.#now.selected;
  }

  select(cell: string | null, chosen: boolean): void {
    this.#update({ selected: cell, chosen });
  }

  get scroll(): number {
    return this.#now.scroll;
  }

  setScroll(scroll: number): void {
    this.#update({ scroll });
  }

  /** A new run shows its first failure by itself, unless the person looks at a cell. */
  startRun(): void {
    if (this.#now.chosen && this.#now.selected !== null) return;
    const { closed, turned, scroll } = this.#now;
    this.#now = { closed, turned, scroll, chosen: false };
    this.store.setState(this.#now);
  }

  #update(change: Partial<Remembered>): void {
    this.#now = { ...this.#now, ...change };
    this.store.setState(this.#now);
  }
}

function withOrWithout(list: readonly string[], entry: string, isIn: boolean): string[] {
  const others = list.filter(other => other !== entry);
  return isIn ? [...others, entry] : others;
}
