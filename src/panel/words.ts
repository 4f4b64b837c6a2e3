import type { PanelCell, PanelChecklist, PanelRow, PanelTable } from './messages';

/** How a state is shown and said: the shape tells it without the color, the word without the eye. */
export const SIGNS: Readonly<Record<PanelCell['state'], { readonly icon: string; readonly word: string }>> = {
  pass: { icon: 'check', word: 'passed' },
  fail: { icon: 'error', word: 'failed' },
  unknown: { icon: 'question', word: 'cannot tell' },
  skipped: { icon: 'dash', word: 'skipped' },
  running: { icon: 'ellipsis', word: 'being asked' },
  waiting: { icon: 'circle-small', word: 'not asked yet' },
  none: { icon: 'blank', word: 'nothing to ask' },
};

/** What a run does, or how it ended; empty where its verdicts say all. */
export const DOING: Readonly<Record<PanelChecklist['state'], string>> = {
  never: '',
  running: 'Asking the gateway…',
  cleaning: 'Removing the rows it made…',
  cancelled: 'Cancelled.',
  failed: 'Nothing more could be asked.',
  done: '',
};

/** What a screen reader is told when it changes; verdicts only once a run has ended, for they come by the dozen. */
export function announcement({ state, counts, problem, waiting }: PanelChecklist): string {
  if (state === 'failed') return problem;
  if (state !== 'done' && state !== 'cancelled') return waiting === '' ? DOING[state] : waiting;
  const verdicts = (['pass', 'fail', 'unknown'] as const).map(
    verdict => `${counts[verdict]} ${SIGNS[verdict].word}`,
  );
  return `${DOING[state]} ${verdicts.join(', ')}`.trim();
}

/** What a screen reader says of a cell: `notes, A to B, insert: failed`. */
export function cellName(table: PanelTable, row: PanelRow, cell: PanelCell): string {
  return `${table.name}, ${row.spoken}, ${cell.verb}: ${SIGNS[cell.state].word}`;
}

/** Tells a cell from all others. */
export function cellKey(table: PanelTable, row: PanelRow, cell: PanelCell): string {
  return [table.kind, table.name, row.actor, cell.verb].join(' ');
}

/** A cell with the row and the table it stands in. */
export interface PlacedCell {
  readonly key: string;
  readonly table: PanelTable;
  readonly row: PanelRow;
  readonly cell: PanelCell;
}

/** All cells, line by line as they are shown. */
export function placedRows(tables: readonly PanelTable[]): PlacedCell[][] {
  return tables.flatMap(table =>
    table.rows.map(row => row.cells.map(cell => ({ key: cellKey(table, row, cell), table, row, cell }))),
  );
}

/** Seconds as the header says them. */
export function secondsInWords(seconds: number): string {
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/** Seconds that are left of a token's life, as a clock says them. */
export function lifeInWords(seconds: number): string {
  if (seconds <= 0) return 'expired';
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/** `1 row`, `2 rows`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
