import { checklistSection, forgetOpenPoints } from './checklist-section';
import { element } from './element';
import type { PanelCommand, PanelState, ToHost, ToPanel } from './messages';
import { projectSection } from './project-section';
import { refreshLives, subjectsSection } from './subjects-section';

declare function acquireVsCodeApi(): { postMessage(message: ToHost): void };

const host = acquireVsCodeApi();
const root = document.getElementById('root');
let lastState: PanelState['checklist']['state'] = 'never';

function send(message: ToHost): void {
  host.postMessage(message);
}

window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
  draw(event.data.state);
});
setInterval(refreshLives, 1000);
send({ type: 'ready' });

/** Draws everything anew and puts the focus back where it was. */
function draw(state: PanelState): void {
  if (state.checklist.state === 'running' && lastState !== 'running') forgetOpenPoints();
  lastState = state.checklist.state;
  const focused = focusPath();
  root?.replaceChildren(...content(state));
  restoreFocus(focused);
}

function content(state: PanelState): HTMLElement[] {
  if (!state.project) {
    return [
      emptyState('Open the folder of your app to see its Flux project.', 'Open Folder', 'vscode.openFolder'),
    ];
  }
  if (!state.trusted) {
    const why =
      'This folder is not trusted. SQL is linted; tokens, the checklist and the local Flux wait until it is.';
    return [emptyState(why, 'Manage Workspace Trust', 'workbench.trust.manage')];
  }
  const isEmpty = state.localFlux === 'stopped' && state.project.rows.every(row => row.state !== 'found');
  return [
    ...(isEmpty
      ? [
          emptyState(
            'No Flux project was found in this folder.',
            'Scaffold Auth.js Files…',
            'fluxRls.scaffold',
          ),
        ]
      : []),
    projectSection(state, state.project, send),
    subjectsSection(state.subjects, send),
    checklistSection(state.checklist, send),
  ];
}

/** One sentence and one action. */
function emptyState(sentence: string, label: string, command: PanelCommand): HTMLElement {
  return element(
    'div',
    { class: 'empty' },
    element('p', {}, sentence),
    element(
      'button',
      {
        class: 'primary',
        type: 'button',
        click: () => {
          send({ type: 'command', command });
        },
      },
      label,
    ),
  );
}

/** The focused control by its place among all controls, which a redraw keeps. */
function focusPath(): { selector: string; index: number } | undefined {
  const selector = 'button, summary';
  const active = document.activeElement;
  const index = active ? [...document.querySelectorAll(selector)].indexOf(active) : -1;
  return index === -1 ? undefined : { selector, index };
}

function restoreFocus(focused: { selector: string; index: number } | undefined): void {
  if (!focused) return;
  document.querySelectorAll<HTMLElement>(focused.selector)[focused.index]?.focus();
}
