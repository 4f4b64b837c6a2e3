import type { Progress } from '../checklist/options';

/** How far a run is, as one line that is written over and over. */
export class CheckProgress {
  #checks = new Map<string, number>();
  #tables: readonly string[] = [];
  #done = 0;

  constructor(private readonly show: (line: string) => void) {}

  readonly take = (progress: Progress): void => {
    switch (progress.kind) {
      case 'planned':
        this.#tables = progress.tables.map(({ table }) => table);
        this.#checks = new Map(progress.tables.map(({ table, checks }) => [table, checks]));
        break;
      case 'started':
        this.show(this.#lineOf(progress.table));
        break;
      case 'finished':
        this.#done += 1;
        this.show(this.#lineOf(progress.result.table));
        break;
      case 'waiting':
        this.show(`Waiting ${Math.ceil(progress.seconds)} s: ${progress.reason}`);
        break;
      case 'cleaning':
        this.show('Removing the rows that were made…');
        break;
    }
  };

  /** Takes the line away. */
  end(): void {
    this.show('');
  }

  #lineOf(table: string): string {
    const checks = [...this.#checks.values()].reduce((sum, count) => sum + count, 0);
    const number = this.#tables.indexOf(table) + 1;
    const place = number === 0 ? table : `${table}, table ${number} of ${this.#tables.length}`;
    return `${place} · ${this.#done} of ${checks} checks`;
  }
}
