import { element, icon } from './element';
import type { PanelProject, PanelState, ProjectRow, ToHost } from './messages';
import { section } from './section';

const SIGNS: Readonly<Record<ProjectRow['state'], { icon: string; word: string }>> = {
  found: { icon: 'pass-filled', word: 'found' },
  missing: { icon: 'circle-large-outline', word: 'missing' },
  wrong: { icon: 'error', word: 'wrong' },
  unknown: { icon: 'question', word: 'not known' },
};

/** What is known of the project, and what puts right what is missing. */
export function projectSection(
  state: PanelState,
  project: PanelProject,
  send: (message: ToHost) => void,
): HTMLElement {
  return section(
    'project',
    'Project',
    [],
    element(
      'p',
      { class: 'headline' },
      element('strong', {}, project.name),
      element('span', { class: 'dim' }, project.engine),
    ),
    element('dl', { class: 'rows' }, ...project.rows.map(row => projectRow(row, send))),
    ...project.problems.map(problem => element('p', { class: 'problem' }, icon('warning'), problem)),
    localFlux(state, send),
  );
}

function projectRow(row: ProjectRow, send: (message: ToHost) => void): HTMLElement {
  const sign = SIGNS[row.state];
  const { action } = row;
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
      { title: row.source === '' ? row.value : `${row.value} (${row.source})` },
      element('span', { class: 'value' }, row.value),
      row.source !== '' && element('span', { class: 'dim' }, row.source),
    ),
    action &&
      element(
        'button',
        {
          class: 'link',
          type: 'button',
          'aria-label': `${action.label} (${row.label})`,
          click: () => {
            send({ type: 'command', command: action.command });
          },
        },
        action.label,
      ),
  );
}

function localFlux({ localFlux: local }: PanelState, send: (message: ToHost) => void): HTMLElement {
  if (local === 'starting')
    return element(
      'p',
      { class: 'dim', role: 'status' },
      icon('loading', 'codicon-modifier-spin'),
      'Starting the local Flux…',
    );
  const command = local === 'running' ? 'fluxRls.stopLocalFlux' : 'fluxRls.startLocalFlux';
  return element(
    'p',
    { class: 'local' },
    icon(local === 'running' ? 'vm-running' : 'vm-outline'),
    local === 'running' ? 'Local Flux is running' : 'Local Flux is stopped',
    element(
      'button',
      {
        class: 'link',
        type: 'button',
        click: () => {
          send({ type: 'command', command });
        },
      },
      local === 'running' ? 'Stop Local Flux' : 'Start Local Flux',
    ),
  );
}
