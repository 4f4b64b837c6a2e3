import { element, icon, iconButton, linkButton, spoken } from './element';
import { markSign } from './marks';
import type { ChecklistAction, ChecklistTarget, PanelEvidence, PanelMark, PanelPoint } from './messages';
import type { Page } from './page';
import { SIGNS, type PlacedCell } from './words';

interface DrawerOptions {
  readonly placed: PlacedCell;
  /** Those of the run. */
  readonly subjects: readonly PanelMark[];
  /** Nothing can be run again while a run goes on. */
  readonly live: boolean;
  readonly onClose: () => void;
}

/** What was asked for one cell, what was answered, what it means, and what to do about it. */
export function evidenceDrawer(page: Page, { placed, subjects, live, onClose }: DrawerOptions): HTMLElement {
  const { table, row, cell } = placed;
  const name = `${table.name} · ${row.label} · ${cell.verb}`;
  const drawer = element(
    'section',
    { id: 'evidence', tabindex: '-1', 'aria-label': `${table.name}, ${row.spoken}, ${cell.verb}` },
    element(
      'div',
      { class: 'drawer-head' },
      icon(SIGNS[cell.state].icon, cell.state),
      element('strong', {}, name),
      iconButton('close', `Close ${name}`, onClose),
    ),
    cell.points.length === 0 &&
      element('p', { class: 'dim' }, 'Nothing is asked here: no check fits this table and verb.'),
    ...cell.points.map((point, index) =>
      pointItem(page, {
        table: table.name,
        point,
        subjects,
        live,
        isRepeat: cell.points.slice(0, index).some(before => saysTheSame(before, point)),
      }),
    ),
    !live && linkButton(`Run all checks of ${table.name} again`, act(page, 'run', { table: table.name })),
  );
  drawer.addEventListener('keydown', event => {
    if (event.key === 'Escape') onClose();
  });
  return drawer;
}

function act(page: Page, action: ChecklistAction, target: ChecklistTarget): () => void {
  return () => {
    // What is run again is looked at until its new answer comes.
    if (action === 'run') page.memory.select(page.memory.selected ?? null, true);
    page.send({ type: 'checklist', action, target });
  };
}

interface PointOptions extends Pick<DrawerOptions, 'subjects' | 'live'> {
  readonly table: string;
  readonly point: PanelPoint;
  /** A point above it has the same cause, and says what to do. */
  readonly isRepeat: boolean;
}

/** Whether two checks failed for one cause, which is mended once. */
function saysTheSame(one: PanelPoint, other: PanelPoint): boolean {
  return (
    one.state === other.state &&
    one.cause === other.cause &&
    one.advice === other.advice &&
    one.place?.label === other.place?.label
  );
}

function pointItem(page: Page, { table, point, subjects, live, isRepeat }: PointOptions): HTMLElement {
  const { state, title, through, cause, message, advice } = point;
  const sign = SIGNS[state];
  const about = through === null ? title : `${title} (${through})`;
  const target = { table, check: point.check, ...(through !== null && { through }) };
  const id = `point ${table} ${point.check} ${through ?? ''}`;
  const isBad = state === 'fail' || state === 'unknown';
  return disclosure(
    page,
    { id, class: `point ${state}`, startsOpen: isBad && !isRepeat },
    [
      icon(sign.icon, state),
      spoken(`${sign.word}: `),
      element(
        'span',
        { class: 'title' },
        title,
        through !== null && element('span', { class: 'dim' }, ` · through ${through}`),
      ),
      cause !== null && state !== 'skipped' && element('span', { class: 'tag' }, cause),
    ],
    message !== '' && element('p', { class: 'message' }, message),
    advice !== '' && element('p', { class: 'advice' }, icon('lightbulb'), element('span', {}, advice)),
    placeLine(page, point, target, about),
    point.evidence.length > 0 &&
      disclosure(
        page,
        { id: `${id} evidence`, class: 'details', startsOpen: false },
        ['What was asked and answered'],
        element('ol', { class: 'evidence' }, ...point.evidence.map(asked => askedItem(asked, subjects))),
      ),
    point.ruledOut &&
      disclosure(
        page,
        { id: `${id} ruled out`, class: 'details', startsOpen: false },
        [point.ruledOut.title],
        element('p', {}, point.ruledOut.text),
      ),
    element(
      'div',
      { class: 'point-actions' },
      state !== 'pass' &&
        message !== '' &&
        linkButton('Explain', act(page, 'explain', target), `Explain: ${about}`),
      !live && linkButton('Run again', act(page, 'run', target), `Run again: ${about}`),
      point.evidence.length > 0 &&
        linkButton('Copy as curl', act(page, 'copyCurl', target), `Copy as curl: ${about}`),
    ),
  );
}

/** Where the cause stands, with the way to mend it. */
function placeLine(
  page: Page,
  { place, rules }: PanelPoint,
  target: ChecklistTarget,
  about: string,
): HTMLElement | false {
  if (!place) return false;
  const where = `${place.file}:${place.line}`;
  const title = rules.length === 0 ? where : `${where} · ${rules.join(', ')}`;
  const open = linkButton(where, act(page, 'open', target), `Open ${where}`);
  open.title = title;
  return element(
    'p',
    { class: 'place' },
    open,
    element('code', {}, place.label),
    linkButton('Fix…', act(page, 'fix', target), `Fix: ${about}`),
  );
}

/** One request and its answer; controls are what has to work for the rest to prove anything. */
function askedItem(asked: PanelEvidence, subjects: readonly PanelMark[]): HTMLElement {
  const { method, path, as, body, headers, expected, status, code, answer, control } = asked;
  const mark = subjects.find(({ subject }) => subject === as);
  return element(
    'li',
    {},
    element('code', {}, `${method} ${path}`),
    ...headers.map(header => element('code', { class: 'dim' }, header)),
    body !== '' && element('code', { class: 'dim' }, body),
    element(
      'span',
      { class: 'asked-by' },
      control && element('span', { class: 'tag' }, 'control'),
      'as ',
      mark && markSign(mark),
      as,
    ),
    expected !== '' && element('span', { class: 'dim' }, `expected: ${expected}`),
    element(
      'span',
      {},
      element('strong', {}, [status ?? 'no answer', code].filter(part => part !== null).join(' ')),
      answer === '' ? '' : ` · ${answer}`,
    ),
  );
}

/** Details that stay as the person left them when the page is drawn anew. */
function disclosure(
  page: Page,
  { id, startsOpen, ...rest }: { id: string; class: string; startsOpen: boolean },
  summary: readonly (Node | string | false | null)[],
  ...content: readonly (Node | string | false | undefined)[]
): HTMLElement {
  const isOpen = page.memory.isTurned(id) !== startsOpen;
  const details = element(
    'details',
    { class: rest.class, ...(isOpen && { open: '' }) },
    element('summary', { 'data-key': id }, ...summary),
    ...content,
  );
  details.addEventListener('toggle', () => {
    page.memory.setTurned(id, details.open !== startsOpen);
  });
  return details;
}
