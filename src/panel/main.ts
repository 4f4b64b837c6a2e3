import { commandButton } from './checklist-notices';
import { checklistSection, isLive } from './checklist-section';
import { element } from './element';
import { keptFocus, restoreFocus } from './focus';
import { lifeClock } from './life';
import { Memory, type PageStore } from './memory';
import type { PanelState, ToHost, ToPanel } from './messages';
import type { Page } from './page';
import { projectSection } from './project-section';
import { subjectsSection } from './subjects-section';

declare function acquireVsCodeApi(): PageStore & { postMessage(message: ToHost): void };

const host = acquireVsCodeApi();
const root = document.getElementById('root');
const page: Page = {
  memory: new Memory(host),
  send: message => {
    host.postMessage(message);
  },
  redraw: () => {
    if (state) draw(state);
  },
};
let state: PanelState | undefined;
const updateClock = lifeClock(() => {
  page.redraw();
});

window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
  const before = state;
  state = event.data.state;
  if (before && isLive(state.checklist) && !isLive(before.checklist)) page.memory.startRun();
  draw(state);
  // A page that comes back is where it was left.
  if (!before) window.scrollTo(0, page.memory.scroll);
});
window.addEventListener('scrollend', () => {
  page.memory.setScroll(window.scrollY);
});
page.send({ type: 'ready' });

/** Draws everything anew; the focus, and how far the page is scrolled, stay. */
function draw(shown: PanelState): void {
  const focused = keptFocus();
  const { scrollY } = window;
  root?.replaceChildren(...content(shown));
  restoreFocus(focused);
  window.scrollTo(0, scrollY);
  updateClock();
}

function content(shown: PanelState): HTMLElement[] {
  const { project } = shown;
  if (!project) {
    return [
      emptyState(
        'Open the folder of your app to see its Flux project.',
        commandButton(page, 'Open Folder', 'vscode.openFolder'),
      ),
    ];
  }
  if (!shown.trusted) {
    return [
      emptyState(
        'This folder is not trusted. SQL is linted; tokens, the checklist and the local Flux wait until it is.',
        commandButton(page, 'Manage Workspace Trust', 'workbench.trust.manage'),
      ),
    ];
  }
  const isEmpty = shown.localFlux !== 'running' && project.rows.every(row => row.state !== 'found');
  return [
    isEmpty
      ? emptyState(
          'No Flux project was found in this folder.',
          commandButton(page, 'Scaffold Auth.js Files…', 'fluxRls.scaffold'),
        )
      : false,
    projectSection(page, shown, project),
    subjectsSection(page, shown.subjects),
    // Without a project there is nobody to ask.
    !isEmpty && checklistSection(page, shown),
  ].filter(part => part !== false);
}

/** One sentence and one action. */
function emptyState(sentence: string, action: HTMLElement): HTMLElement {
  return element('div', { class: 'empty' }, element('p', {}, sentence), action);
}
