import { PANEL_VERBS } from './messages';
import type { PlacedCell } from './words';

/** The cell that a key leads to; undefined where the key leads nowhere. Rows may have fewer cells than others. */
export function cellByKey(
  rows: readonly (readonly PlacedCell[])[],
  from: string,
  key: string,
  toEnd = false,
): PlacedCell | undefined {
  const line = rows.findIndex(row => row.some(cell => cell.key === from));
  const row = rows[line];
  const column = row?.findIndex(cell => cell.key === from) ?? -1;
  const here = row?.[column];
  if (!row || !here) return undefined;
  switch (key) {
    case 'ArrowRight':
      return row[column + 1];
    case 'ArrowLeft':
      return row[column - 1];
    case 'ArrowDown':
      return nearest(rows[line + 1], here);
    case 'ArrowUp':
      return nearest(rows[line - 1], here);
    case 'Home':
      return (toEnd ? rows[0] : row)?.[0];
    case 'End':
      return (toEnd ? rows.at(-1) : row)?.at(-1);
    default:
      return undefined;
  }
}

function nearest(row: readonly PlacedCell[] | undefined, { cell }: PlacedCell): PlacedCell | undefined {
  const wanted = PANEL_VERBS.indexOf(cell.verb);
  const distance = (other: PlacedCell): number => Math.abs(PANEL_VERBS.indexOf(other.cell.verb) - wanted);
  return row && [...row].sort((one, other) => distance(one) - distance(other))[0];
}
