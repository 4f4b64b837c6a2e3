import { element, icon, linkButton } from './element';
import type { PanelProject, PanelState, ProjectRow } from './messages';
import type { Page } from './page';
import { section } from './section';

const SIGNS: Readonly<Record<ProjectRow['state'], { icon: string; word: string }>> = {
  found: { icon: 'pass-filled', word: 'found' },
  missing: { icon: 'circle-large-outline', word: 'missing' },
  wrong: { icon: 'error', word: 'wrong' },
  unknown: { icon: 'question', word: 'not known' },
};

/** What is known of the project, and what puts right what is missing. */
export function projectSection(page: Page, state: PanelState, project: PanelProject): HTMLElement {
  return section(
    page,
    'project',
    'Project',
    [],
    element(
      'p',
      { class: 'project-name' },
      element('strong', {}, project.name),
      element('span', { class: 'dim' }, project.engine),
    ),
    project.profile !== null && profileLine(page, project.profile),
    element('dl', { class: 'rows' }, ...project.rows.map(row => projectRow(page, row))),
    ...project.problems.map(problem =>
      element('p', { class: 'problem' }, icon('warning'), element('span', {}, problem)),
    ),
    localFlux(page, state),
  );
}

/** Which saved profile counts: it decides whom everything below is asked. */
function profileLine(page: Page, profile: string): HTMLElement {
  return element(
    'p',
    { class: 'profile' },
    element('span', {}, `profile ${profile}`),
    linkButton(
      'Switch…',
      () => {
        page.send({ type: 'command', command: 'fluxRls.chooseProfile' });
      },
      'Switch profile…',
    ),
  );
}

function projectRow(page: Page, row: ProjectRow): HTMLElement {
  const sign = SIGNS[row.state];
  const { action, note, value, source } = row;
  return element(
    'div',
    { class: `row ${row.state}` },
    element(
      'dt',
      {},
      icon(sign.icon, row.state),
      element('span', { class: 'sr-only' }, `${sign.word}: `),
      row.label,
    ),
    element(
      'dd',
      { title: source === '' ? value : `${value} (${source})` },
      element('span', { class: 'value' }, value),
      source !== '' && element('span', { class: 'dim' }, source),
      note !== undefined && element('span', { class: 'dim note' }, note),
    ),
    action &&
      linkButton(
        action.label,
        () => {
          page.send({ type: 'command', command: action.command });
        },
        `${action.label} (${row.label})`,
      ),
  );
}

function localFlux(page: Page, { localFlux: local }: PanelState): HTMLElement {
  if (local === 'starting')
    return element('p', { class: 'dim', role: 'status' }, icon('vm-outline'), ' Starting the local Flux…');
  const command = local === 'running' ? 'fluxRls.stopLocalFlux' : 'fluxRls.startLocalFlux';
  return element(
    'p',
    { class: 'local' },
    icon(local === 'running' ? 'vm-running' : 'vm-outline'),
    local === 'running' ? 'Local Flux is running' : 'Local Flux is stopped',
    linkButton(local === 'running' ? 'Stop Local Flux' : 'Start Local Flux', () => {
      page.send({ type: 'command', command });
    }),
  );
}
