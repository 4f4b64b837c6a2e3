import { element, icon, linkButton } from './element';
import type { PanelChecklist, PanelCommand, PanelState } from './messages';
import type { Page } from './page';
import { counted } from './words';

/** Runs or cancels; it keeps its place for the focus, wherever it stands. */
export function runButton(
  page: Page,
  live: boolean,
  where: 'header' | 'body',
  label = 'Run checklist',
): HTMLElement {
  const command = live ? 'fluxRls.cancelChecklist' : 'fluxRls.runChecklist';
  const name = live ? 'Cancel' : label;
  return element(
    'button',
    {
      class: where === 'body' ? 'primary' : 'header-button',
      type: 'button',
      id: 'run',
      'aria-label': name,
      click: () => {
        page.send({ type: 'command', command });
      },
    },
    icon(live ? 'stop-circle' : 'play'),
    where === 'header' && !live ? 'Run' : name,
  );
}

/** One sentence and one thing to do, where there is nothing to show or the run could not ask; false else. */
export function checklistNotice(page: Page, { project, checklist }: PanelState): HTMLElement | false {
  const isMissing = (label: string): boolean =>
    project?.rows.some(row => row.label === label && row.state === 'missing') === true;
  if (checklist.state === 'running' || checklist.state === 'cleaning') return false;
  if (isMissing('gateway')) {
    return notice(
      'The gateway URL is not known: the checklist has nobody to ask.',
      commandButton(page, 'Set gateway URL…', 'fluxRls.setGatewayUrl'),
    );
  }
  if (isMissing('secret')) {
    return notice(
      'The project secret is not known: it signs the tokens of the checklist. SecretStorage and the .env files were looked in.',
      commandButton(page, 'Enter secret…', 'fluxRls.enterSecret'),
    );
  }
  if (checklist.state === 'failed') {
    return notice(
      element('span', { class: 'problem' }, icon('error'), element('span', {}, checklist.problem)),
      runButton(page, false, 'body', 'Retry'),
      linkButton('Change gateway URL…', () => {
        page.send({ type: 'command', command: 'fluxRls.setGatewayUrl' });
      }),
    );
  }
  if (checklist.state === 'never') {
    return notice(
      'Never run. It asks the gateway as two subjects and as nobody, and removes the rows it makes.',
      runButton(page, false, 'body'),
    );
  }
  return false;
}

/** Rows of a run whose process died before it could remove them. */
export function leftBehindNotice(page: Page, { leftBehind, state }: PanelChecklist): HTMLElement | false {
  if (leftBehind === 0 || state === 'running' || state === 'cleaning') return false;
  const rows = counted(leftBehind, 'row');
  return notice(
    element(
      'span',
      { class: 'problem' },
      icon('warning'),
      element(
        'span',
        {},
        `${rows} of a run that was broken off ${leftBehind === 1 ? 'is' : 'are'} still in ${leftBehind === 1 ? 'its table' : 'their tables'}.`,
      ),
    ),
    commandButton(page, 'Clean up', 'fluxRls.cleanUpRows'),
  );
}

/** The one thing to do about a state. */
export function commandButton(page: Page, label: string, command: PanelCommand): HTMLElement {
  return element(
    'button',
    {
      class: 'primary',
      type: 'button',
      click: () => {
        page.send({ type: 'command', command });
      },
    },
    label,
  );
}

function notice(sentence: string | HTMLElement, ...actions: readonly HTMLElement[]): HTMLElement {
  return element('div', { class: 'notice' }, element('p', {}, sentence), ...actions);
}
