import { checklistNotice, leftBehindNotice, runButton } from './checklist-notices';
import { element, icon, iconButton, spoken } from './element';
import { evidenceDrawer } from './evidence-drawer';
import { matrix } from './matrix';
import type { PanelChecklist, PanelState } from './messages';
import type { Page } from './page';
import { section } from './section';
import { cellKey, counted, DOING, placedRows, secondsInWords, SIGNS, type PlacedCell } from './words';

/** The isolation checklist: run it, watch it, read what was asked and answered. */
export function checklistSection(page: Page, state: PanelState): HTMLElement {
  const { checklist } = state;
  const live = isLive(checklist);
  const notice = checklistNotice(page, state);
  const menu = iconButton('ellipsis', 'More of the checklist…', () => {
    page.send({ type: 'menu' });
  });
  return section(
    page,
    'isolation',
    'Isolation',
    [!notice && runButton(page, live, 'header'), menu],
    leftBehindNotice(page, checklist),
    notice,
    ...(checklist.tables.length > 0 || live ? results(page, checklist, live) : []),
  );
}

/** Whether a run goes on. */
export function isLive({ state }: PanelChecklist): boolean {
  return state === 'running' || state === 'cleaning';
}

function results(page: Page, checklist: PanelChecklist, live: boolean): (HTMLElement | false)[] {
  const cells = placedRows(checklist.tables).flat();
  // Nobody has to look for the first failure; what the person chose or closed stays so.
  if (page.memory.selected === undefined) {
    const failed = cells.find(({ cell }) => cell.state === 'fail');
    if (failed) page.memory.select(failed.key, false);
  }
  const { selected } = page.memory;
  const shown = cells.find(({ key }) => key === selected);
  return [
    headline(checklist),
    matrix({ tables: checklist.tables, live, selected, onChoose: choose(page) }),
    shown !== undefined &&
      evidenceDrawer(page, {
        placed: shown,
        subjects: checklist.subjects,
        live,
        onClose: () => {
          page.memory.select(null, true);
          page.redraw();
          document.querySelector<HTMLElement>(`[data-key="${CSS.escape(shown.key)}"]`)?.focus();
        },
      }),
    notCheckedList(checklist),
    rowsLine(checklist),
  ];
}

/** Shows a cell's evidence, or hides it again; the keyboard goes on reading there. */
function choose(page: Page): (cell: PlacedCell, byKeyboard: boolean) => void {
  return ({ table, row, cell }, byKeyboard) => {
    const key = cellKey(table, row, cell);
    const isClosing = page.memory.selected === key;
    page.memory.select(isClosing ? null : key, true);
    page.redraw();
    if (isClosing) return;
    const drawer = document.getElementById('evidence');
    if (byKeyboard) drawer?.focus({ preventScroll: true });
    drawer?.scrollIntoView({ block: 'nearest' });
  };
}

function headline(checklist: PanelChecklist): HTMLElement {
  const { state, counts, mode, seconds, requests, requestSeconds, ranAt, waiting, waits } = checklist;
  const shown = (['pass', 'fail', 'unknown', 'skipped'] as const).filter(
    verdict => verdict !== 'skipped' || counts.skipped > 0,
  );
  const doing = DOING[state];
  const [whole, oneByOne] = [secondsInWords(seconds), secondsInWords(requestSeconds)];
  const took = [
    requests === 0 ? whole : `${counted(requests, 'request')} in ${whole}`,
    ...(requestSeconds > seconds && oneByOne !== whole ? [`${oneByOne} one by one`] : []),
  ];
  const facts = [
    mode === 'full' ? 'full mode' : 'no-write mode',
    ...(isLive(checklist) ? [] : [...took, ranAt]),
  ].filter(fact => fact !== '');
  return element(
    'div',
    { class: 'headline' },
    element(
      'p',
      { class: 'counts' },
      doing !== '' && element('span', { class: 'doing' }, doing),
      ...shown.map(verdict =>
        element(
          'span',
          { class: 'count', title: `${counts[verdict]} ${SIGNS[verdict].word}` },
          icon(SIGNS[verdict].icon, verdict),
          String(counts[verdict]),
          spoken(` ${SIGNS[verdict].word}, `),
        ),
      ),
    ),
    element(
      'p',
      { class: 'dim facts' },
      ...facts.flatMap((fact, index) => [
        element('span', {}, index < facts.length - 1 ? `${fact} ·` : fact),
        ' ',
      ]),
    ),
    waiting !== '' && element('p', { class: 'waiting' }, icon('clock'), element('span', {}, waiting)),
    ...waits.map(wait =>
      element(
        'p',
        { class: 'dim' },
        `Waited ${secondsInWords(wait.seconds)} in all, ${counted(wait.times, 'time')}: ${wait.reason}`,
      ),
    ),
  );
}

function notCheckedList({ notChecked }: PanelChecklist): HTMLElement | false {
  if (notChecked.length === 0) return false;
  return element(
    'details',
    { class: 'details' },
    element('summary', {}, `${counted(notChecked.length, 'table')} not checked`),
    ...notChecked.map(({ table, reason }) => element('p', {}, element('code', {}, table), ` ${reason}`)),
  );
}

/** What the run made and removed, as soon as it has ended. */
function rowsLine(checklist: PanelChecklist): HTMLElement | false {
  const { state, rows } = checklist;
  if (state !== 'done' && state !== 'cancelled') return false;
  return element(
    'div',
    { class: 'rows-made' },
    element('p', { class: 'dim' }, `${counted(rows.created, 'row')} made, ${rows.removed} removed`),
    ...rows.left.map(row =>
      element('p', { class: 'problem' }, icon('warning'), element('span', {}, `Left behind: ${row}`)),
    ),
  );
}
