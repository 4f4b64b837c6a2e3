import { element, icon } from './element';
import type { PanelChecklist, PanelEvidence, PanelPoint, ToHost } from './messages';
import { section } from './section';

const SIGNS: Readonly<Record<PanelPoint['state'], { icon: string; word: string }>> = {
  waiting: { icon: 'circle-large-outline', word: 'not asked yet' },
  running: { icon: 'loading', word: 'running' },
  pass: { icon: 'pass-filled', word: 'passed' },
  fail: { icon: 'error', word: 'failed' },
  unknown: { icon: 'question', word: 'cannot tell' },
  skipped: { icon: 'circle-slash', word: 'skipped' },
};

/** Points whose details the person opened; a point that failed is open by itself. */
const opened = new Map<string, boolean>();

/** The isolation checklist: run it, watch it, read what was asked and answered. */
export function checklistSection(checklist: PanelChecklist, send: (message: ToHost) => void): HTMLElement {
  const busy = checklist.state === 'running' || checklist.state === 'cleaning';
  return section(
    'isolation',
    'Isolation',
    [],
    runButton(busy, send),
    headline(checklist),
    checklist.state === 'failed' && cannotRun(checklist, send),
    element('ul', { class: 'points' }, ...checklist.points.map(point => pointItem(point))),
    rowsLine(checklist),
  );
}

/** Why nothing could be asked, and the way out. */
function cannotRun({ problem }: PanelChecklist, send: (message: ToHost) => void): HTMLElement {
  const change = (): void => {
    send({ type: 'command', command: 'fluxRls.setGatewayUrl' });
  };
  return element(
    'div',
    { role: 'alert' },
    element('p', { class: 'problem' }, icon('error'), problem),
    element('button', { class: 'link', type: 'button', click: change }, 'Change gateway URL…'),
  );
}

function runButton(busy: boolean, send: (message: ToHost) => void): HTMLElement {
  const command = busy ? 'fluxRls.cancelChecklist' : 'fluxRls.runChecklist';
  return element(
    'button',
    {
      class: busy ? 'secondary' : 'primary',
      type: 'button',
      id: 'run',
      click: () => {
        send({ type: 'command', command });
      },
    },
    icon(busy ? 'debug-stop' : 'play'),
    busy ? 'Cancel' : 'Run checklist',
  );
}

function headline(checklist: PanelChecklist): HTMLElement {
  const { state, table, owner, subjects, points, ranAt, seconds } = checklist;
  const count = (wanted: PanelPoint['state']): number =>
    points.filter(point => point.state === wanted).length;
  const words = {
    never: 'Never run. It asks the gateway as two subjects and as nobody, and removes the rows it makes.',
    running: `Asking about ${table} as ${subjects.join(' and ')}…`,
    cleaning: 'Removing the rows it made…',
    done: `${count('pass')} passed, ${count('fail')} failed, ${count('unknown')} cannot tell`,
    cancelled: `Cancelled: ${count('pass')} passed, ${count('fail')} failed, ${count('skipped')} not asked`,
    failed: 'Nothing could be asked.',
  }[state];
  const ended = state === 'done' || state === 'cancelled';
  return element(
    'div',
    { class: 'headline' },
    element('p', { role: 'status' }, words),
    ended && element('p', { class: 'dim' }, `${table} · ${owner} · ${seconds.toFixed(1)} s · ${ranAt}`),
  );
}

function pointItem(point: PanelPoint): HTMLElement {
  const sign = SIGNS[point.state];
  const judged = point.message !== '';
  const details = element(
    'details',
    {
      class: `point ${point.state}`,
      ...((opened.get(point.id) ?? isBad(point)) && judged ? { open: '' } : {}),
    },
    element(
      'summary',
      { 'aria-label': `${point.title}: ${sign.word}` },
      icon(sign.icon, point.state === 'running' ? 'running codicon-modifier-spin' : point.state),
      element('span', { class: 'title' }, point.title),
      point.cause !== null && point.state !== 'skipped' && element('span', { class: 'cause' }, point.cause),
    ),
    judged && element('p', { class: 'message' }, point.message),
    point.advice !== '' && element('p', { class: 'advice' }, icon('lightbulb'), point.advice),
    point.evidence.length > 0 && evidenceList(point.evidence),
  );
  details.addEventListener('toggle', () => {
    opened.set(point.id, details.open);
  });
  return element('li', {}, details);
}

/** What was asked and answered; controls are what has to work for the rest to prove anything. */
function evidenceList(evidence: readonly PanelEvidence[]): HTMLElement {
  return element(
    'details',
    { class: 'evidence' },
    element('summary', {}, 'What was asked and answered'),
    element(
      'ol',
      {},
      ...evidence.map(asked =>
        element(
          'li',
          {},
          element('code', {}, `${asked.method} ${asked.path}`),
          element(
            'span',
            { class: 'dim' },
            `${asked.control ? 'control, ' : ''}as ${asked.as} → ${asked.status ?? 'no answer'}${asked.code === null ? '' : ` ${asked.code}`} · ${asked.answer}`,
          ),
        ),
      ),
    ),
  );
}

function rowsLine({ state, rows }: PanelChecklist): HTMLElement | false {
  if (state !== 'done' && state !== 'cancelled') return false;
  return element(
    'div',
    { class: 'rows-made' },
    element(
      'p',
      { class: 'dim' },
      `${rows.created} ${rows.created === 1 ? 'row' : 'rows'} made, ${rows.removed} removed`,
    ),
    ...rows.left.map(row => element('p', { class: 'problem' }, icon('warning'), `Left behind: ${row}`)),
  );
}

function isBad({ state }: PanelPoint): boolean {
  return state === 'fail' || state === 'unknown';
}

/** A new run starts with every point as its verdict has it. */
export function forgetOpenPoints(): void {
  opened.clear();
}
