import { summarize } from '../../checklist/verdict';
import { engineLabel } from '../../flux/engine';
import { describeSource, type FluxProject, type Sourced } from '../../flux/project';
import {
  SUBJECT_COLORS,
  type PanelChecklist,
  type PanelMark,
  type PanelProject,
  type ProjectRow,
} from '../../panel/messages';
import type { ChecklistRun } from '../checklist/checklist-run';
import { panelTables, type MatrixSources } from './panel-matrix';

/** What is known of a project besides its files. */
export interface ProjectExtras {
  /** The saved profile that is active. */
  readonly profile?: string | undefined;
  /** The app's protected route, such as `/api/my-notes`. */
  readonly appRoute?: string | undefined;
  /** What requests to the gateway took in the last run, the middle one; undefined before. */
  readonly milliseconds?: number | undefined;
}

/** What the page shows of a project; a secret is shown as known or missing. */
export function panelProject(project: FluxProject, extras: ProjectExtras = {}): PanelProject {
  const { gatewayUrl, schema, jwtSecret, engine } = project;
  const { profile = null, appRoute, milliseconds } = extras;
  // What every address begins with leaves too little room for the name behind it.
  const gateway = row('gateway', gatewayUrl, gatewayUrl?.value.replace(/^https:\/\//, ''), {
    label: 'Set…',
    command: 'fluxRls.setGatewayUrl',
  });
  return {
    name: project.name,
    engine: engine ? engineLabel(engine.value) : 'engine not known',
    profile,
    rows: [
      gatewayUrl && milliseconds !== undefined ? { ...gateway, note: `${milliseconds} ms` } : gateway,
      row('schema', schema, schema?.value, { label: 'Settings…', command: 'fluxRls.showProjectSettings' }),
      row('secret', jwtSecret, jwtSecret && 'known', { label: 'Enter…', command: 'fluxRls.enterSecret' }),
      {
        label: 'app route',
        state: appRoute === undefined ? 'missing' : 'found',
        value: appRoute ?? 'not set',
        source: '',
        action: { label: appRoute === undefined ? 'Set…' : 'Change…', command: 'fluxRls.setAppRoute' },
      },
    ],
    problems: project.problems.map(({ message }) => message),
  };
}

/** What the requests of a run took, the middle one, in whole milliseconds; undefined where nothing was asked. */
export function usualMilliseconds({ results }: Pick<ChecklistRun, 'results'>): number | undefined {
  const answered = results
    .flatMap(({ check, evidence }) => (check.startsWith('app-') ? [] : evidence))
    .filter(({ status }) => status !== null)
    .map(({ milliseconds }) => milliseconds)
    .sort((one, other) => one - other);
  const middle = answered[Math.floor(answered.length / 2)];
  return middle === undefined ? undefined : Math.round(middle);
}

/** What the page shows of the run that goes on, or of the last one; `known` are the subjects of the folder. */
export function panelChecklist(
  run: ChecklistRun,
  known: readonly PanelMark[] = [],
  causeOf: MatrixSources['causeOf'] = () => undefined,
): PanelChecklist {
  const { report, results, state } = run;
  const subjects = runMarks(run.subjects, known);
  return {
    state,
    mode: run.mode,
    subjects,
    tables: panelTables(run, { marks: subjects, causeOf }),
    counts: summarize(results),
    notChecked: run.notChecked,
    problem: run.problem,
    waiting: run.waiting,
    rows: {
      created: report?.rows.created ?? 0,
      removed: report?.rows.removed ?? 0,
      left:
        report?.rows.left.map(
          ({ table, key, owner, reason }) => `${table} ${key}, owner ${owner} (${reason})`,
        ) ?? [],
    },
    leftBehind: run.leftBehind,
    ranAt: run.ended?.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) ?? '',
    seconds: report?.seconds ?? run.seconds,
    requests: report?.requests ?? 0,
    requestSeconds: report?.requestSeconds ?? 0,
    waits: report?.waits ?? [],
  };
}

/** The subjects of a run with the letters and colors they have in the list; stand-ins get the first ones. */
function runMarks(subjects: readonly string[], known: readonly PanelMark[]): PanelMark[] {
  return subjects.map((subject, index) => {
    const { mark, color } = known.find(other => other.subject === subject) ?? {
      mark: String.fromCharCode('A'.charCodeAt(0) + index),
      color: SUBJECT_COLORS[index % SUBJECT_COLORS.length] ?? 'blue',
    };
    return { subject, mark, color };
  });
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
