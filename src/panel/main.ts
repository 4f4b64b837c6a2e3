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
import { whenReleased } from './when-released';
import { announcement } from './words';

declare function acquireVsCodeApi(): PageStore & { postMessage(message: ToHost): void };

const host = acquireVsCodeApi();
const root = document.getElementById('root');
/** Stays in the page: a screen reader hears only of changes in what it knows. */
const announcer = element('div', { class: 'sr-only', role: 'status' });
let state: PanelState | undefined;
const redraw = (): void => {
  if (state) draw(state);
};
const redrawWhenReleased = whenReleased(redraw);
const updateClock = lifeClock(redraw);
const page: Page = {
  memory: new Memory(host),
  send: message => {
    host.postMessage(message);
  },
  redraw,
};

window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
  const before = state;
  state = event.data.state;
  if (before && isLive(state.checklist) && !isLive(before.checklist)) page.memory.startRun();
  redrawWhenReleased();
  // A page that comes back is where it was left.
  if (!before) window.scrollTo(0, page.memory.scroll);
});
window.addEventListener('scrollend', () => {
  page.memory.setScroll(window.scrollY);
});
document.body.append(announcer);
page.send({ type: 'ready' });

/** Draws everything anew; the focus, and how far the page is scrolled, stay. */
function draw(shown: PanelState): void {
  const focused = keptFocus();
  const { scrollY } = window;
  root?.replaceChildren(...content(shown));
  const said = announcement(shown.checklist);
  if (announcer.textContent !== said) announcer.textContent = said;
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
    ...(isEmpty
      ? [
          emptyState(
            'No Flux project was found in this folder.',
            commandButton(page, 'Scaffold Auth.js Files…', 'fluxRls.scaffold'),
          ),
        ]
      : []),
    projectSection(page, shown, project),
    subjectsSection(page, shown.subjects),
    // Without a project there is nobody to ask.
    ...(isEmpty ? [] : [checklistSection(page, shown)]),
  ];
}

/** One sentence and one action. */
function emptyState(sentence: string, action: HTMLElement): HTMLElement {
  return element('div', { class: 'empty' }, element('p', {}, sentence), action);
}
