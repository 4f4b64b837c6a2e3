import { CHECKS } from '../../checklist/checks';
import { engineLabel } from '../../flux/engine';
import { describeSource, type FluxProject, type Sourced } from '../../flux/project';
import type { PanelChecklist, PanelPoint, PanelProject, ProjectRow } from '../../panel/messages';
import { CHECK_FACTS } from '../../checklist/check-ids';
import type { ChecklistRun } from '../checklist/checklist-run';

/** What the page shows of a project; a secret is shown as known or missing. */
export function panelProject(project: FluxProject): PanelProject {
  const { gatewayUrl, schema, jwtSecret, engine } = project;
  return {
    name: project.name,
    engine: engine ? engineLabel(engine.value) : 'engine not known',
    rows: [
      row('gateway', gatewayUrl, gatewayUrl?.value, { label: 'Set…', command: 'fluxRls.setGatewayUrl' }),
      row('schema', schema, schema?.value, { label: 'Settings…', command: 'fluxRls.showProjectSettings' }),
      row('secret', jwtSecret, jwtSecret && 'known', { label: 'Enter…', command: 'fluxRls.enterSecret' }),
    ],
    problems: project.problems.map(({ message }) => message),
  };
}

/** What the page shows of the run that goes on, or of the last one. */
export function panelChecklist(run: ChecklistRun): PanelChecklist {
  return {
    state: run.state,
    table: run.tables[0]?.table ?? '',
    owner: '',
    subjects: run.subjects,
    points: CHECKS.map(({ id }): PanelPoint => {
      const { title } = CHECK_FACTS[id];
      const result = run.results.find(({ check }) => check === id);
      if (result) {
        const { verdict, cause, message, advice, evidence } = result;
        return { id, title, state: verdict, cause, message, advice, evidence };
      }
      const state = run.current.some(({ check }) => check === id) ? 'running' : 'waiting';
      return { id, title, state, cause: null, message: '', advice: '', evidence: [] };
    }),
    problem: run.problem,
    rows: {
      created: run.report?.rows.created ?? 0,
      removed: run.report?.rows.removed ?? 0,
      left:
        run.report?.rows.left.map(
          ({ table, key, owner, reason }) => `${table} ${key}, owner ${owner} (${reason})`,
        ) ?? [],
    },
    ranAt: run.ended?.toLocaleTimeString() ?? '',
    seconds: run.seconds,
  };
}

function row(
  label: string,
  found: Sourced<unknown> | undefined,
  shown: string | undefined,
  action: NonNullable<ProjectRow['action']>,
): ProjectRow {
  return found && shown !== undefined
    ? { label, state: 'found', value: shown, source: describeSource(found.from) }
    : { label, state: 'missing', value: 'not set', source: '', action };
}
