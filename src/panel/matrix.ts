import { element, icon, spoken } from './element';
import { cellByKey } from './matrix-keys';
import { PANEL_VERBS, type PanelTable } from './messages';
import { cellName, placedRows, SIGNS, type PlacedCell } from './words';

interface MatrixOptions {
  readonly tables: readonly PanelTable[];
  /** While a run goes on, each table shows how far it is. */
  readonly live: boolean;
  /** The cell whose evidence is shown. */
  readonly selected: string | null | undefined;
  /** A cell was chosen; by the keyboard, or by the mouse. */
  readonly onChoose: (cell: PlacedCell, byKeyboard: boolean) => void;
}

/** The cell that Tab leads to: the one that had the focus last. */
let entry: string | undefined;

/** Tables by who asks for whose rows and by verb; one cell is in the order of Tab, arrow keys lead to the others. */
export function matrix({ tables, live, selected, onChoose }: MatrixOptions): HTMLElement {
  const rows = placedRows(tables);
  const all = rows.flat();
  const first = [entry, selected, all[0]?.key].find(key => all.some(cell => cell.key === key));
  const buttons = new Map(
    all.map(placed => [placed.key, cellButton(placed, placed.key === first, selected, onChoose)]),
  );
  const grid = element(
    'div',
    { class: 'matrix', role: 'grid', 'aria-label': 'Results by table, who asks for whose rows, and verb' },
    header(),
    ...tables.map(table => tableGroup(table, rows, buttons, live)),
  );
  grid.addEventListener('focusin', event => {
    const key = (event.target as HTMLElement).dataset.key;
    if (key === undefined) return;
    entry = key;
    for (const [other, button] of buttons) button.tabIndex = other === key ? 0 : -1;
  });
  grid.addEventListener('keydown', event => {
    const from = (event.target as HTMLElement).dataset.key;
    const to = from === undefined ? undefined : cellByKey(rows, from, event.key, event.ctrlKey);
    if (!to) return;
    event.preventDefault();
    buttons.get(to.key)?.focus();
  });
  return grid;
}

function header(): HTMLElement {
  return element(
    'div',
    { class: 'matrix-group', role: 'rowgroup' },
    element(
      'div',
      { class: 'matrix-row', role: 'row' },
      element('span', { class: 'matrix-who', role: 'columnheader' }, spoken('who → whose')),
      ...PANEL_VERBS.map(verb =>
        element('span', { class: `matrix-verb at-${verb}`, role: 'columnheader' }, verb),
      ),
    ),
  );
}

function tableGroup(
  table: PanelTable,
  rows: readonly (readonly PlacedCell[])[],
  buttons: ReadonlyMap<string, HTMLElement>,
  live: boolean,
): HTMLElement {
  return element(
    'div',
    { class: 'matrix-group', role: 'rowgroup' },
    element(
      'div',
      { class: 'matrix-row', role: 'row' },
      element(
        'div',
        { class: 'matrix-name', role: 'rowheader' },
        element('span', { class: 'table-name', title: table.name }, table.name),
        table.shared && element('span', { class: 'tag' }, 'shared'),
        table.kind === 'app' && element('span', { class: 'tag' }, 'app route'),
        live && table.finished < table.checks && progress(table),
      ),
    ),
    ...rows
      .filter(([cell]) => cell?.table === table)
      .map(row =>
        element(
          'div',
          { class: 'matrix-row', role: 'row' },
          element(
            'span',
            { class: 'matrix-who', role: 'rowheader' },
            element('span', { 'aria-hidden': 'true' }, row[0]?.row.label),
            spoken(`${table.name}, ${row[0]?.row.spoken ?? ''}`),
          ),
          ...row.map(({ key, cell }) =>
            element('span', { class: `at-${cell.verb}`, role: 'gridcell' }, buttons.get(key)),
          ),
        ),
      ),
  );
}

function progress({ name, finished, checks }: PanelTable): HTMLElement {
  return element(
    'span',
    { class: 'progress' },
    element('progress', {
      max: String(checks),
      value: String(finished),
      'aria-label': `${name}: checks finished`,
    }),
    element('span', { class: 'dim' }, `${finished} of ${checks}`),
  );
}

function cellButton(
  placed: PlacedCell,
  isEntry: boolean,
  selected: string | null | undefined,
  onChoose: MatrixOptions['onChoose'],
): HTMLButtonElement {
  const { key, table, row, cell } = placed;
  const sign = SIGNS[cell.state];
  const isSelected = key === selected;
  return element(
    'button',
    {
      class: `cell ${cell.state}`,
      type: 'button',
      'data-key': key,
      'aria-label': cellName(table, row, cell),
      title: `${table.name} · ${row.label} · ${cell.verb}: ${sign.word}`,
      'aria-expanded': String(isSelected),
      ...(isSelected && { 'aria-controls': 'evidence' }),
      tabindex: isEntry ? '0' : '-1',
      click: event => {
        // A click that comes from Enter or Space counts no clicks.
        onChoose(placed, (event as MouseEvent).detail === 0);
      },
    },
    icon(sign.icon, cell.state),
  );
}
