import { ACTORS, CHECK_FACTS, VERBS, type Actor, type Verb } from '../../checklist/check-ids';
import { worst, type CheckResult } from '../../checklist/verdict';
import type {
  ChecklistTarget,
  PanelCell,
  PanelMark,
  PanelPlace,
  PanelPoint,
  PanelRow,
  PanelTable,
} from '../../panel/messages';
import type { ChecklistRun, TableProgress } from '../checklist/checklist-run';
import { ruledOut } from './ruled-out';

/** Where a result's cause stands in the project's SQL, and the lint rules that find it. */
export interface ResultCause {
  readonly place?: PanelPlace;
  readonly rules: readonly string[];
}

export interface MatrixSources {
  /** A and B of the run. */
  readonly marks: readonly PanelMark[];
  readonly causeOf: (result: CheckResult) => ResultCause | undefined;
}

type Run = Pick<ChecklistRun, 'state' | 'tables' | 'current' | 'results'>;

/** The results by table, by who asks for whose rows, and by verb; the app's routes come last. */
export function panelTables(run: Run, sources: MatrixSources): PanelTable[] {
  const isApp = ({ check }: CheckResult | Run['current'][number]): boolean => check.startsWith('app-');
  const groups = new Map<string, PanelTable['kind']>();
  for (const { table } of run.tables) {
    const asked = [...run.results, ...run.current].filter(other => other.table === table);
    groups.set(table, asked.length > 0 && asked.every(isApp) ? 'app' : 'table');
  }
  // A result whose table no plan told of is shown all the same.
  for (const result of run.results) {
    if (!groups.has(result.table)) groups.set(result.table, isApp(result) ? 'app' : 'table');
  }
  return [...groups]
    .map(([name, kind]) => panelTable(name, kind, run, sources))
    .sort((one, other) => Number(one.kind === 'app') - Number(other.kind === 'app'));
}

function panelTable(name: string, kind: PanelTable['kind'], run: Run, sources: MatrixSources): PanelTable {
  const progress: Partial<TableProgress> = run.tables.find(({ table }) => table === name) ?? {};
  const results = run.results.filter(({ table }) => table === name);
  const current = run.current.filter(({ table }) => table === name);
  const shared = progress.shared ?? results.some(({ actor }) => actor === 'all');
  const seen = new Set<Actor>([
    ...results.map(({ actor }) => actor),
    ...current.map(({ check }) => CHECK_FACTS[check].actor),
    ...(kind === 'app' ? [] : shared ? (['all'] as const) : (['own', 'other', 'none'] as const)),
  ]);
  const live = run.state === 'running' || run.state === 'cleaning';
  return {
    name,
    kind,
    shared,
    finished: progress.finished ?? results.length,
    checks: progress.checks ?? results.length,
    rows: ACTORS.filter(actor => seen.has(actor)).map((actor): PanelRow => ({
      actor,
      ...labelOf(actor, sources.marks),
      cells: (kind === 'app' ? (['read'] as const) : VERBS).map(verb =>
        panelCell(actor, verb, results, current, live, sources),
      ),
    })),
  };
}

function panelCell(
  actor: Actor,
  verb: Verb,
  results: readonly CheckResult[],
  current: Run['current'],
  live: boolean,
  sources: MatrixSources,
): PanelCell {
  const judged = results.filter(result => result.actor === actor && result.verb === verb);
  const asked = current.filter(({ check }) => {
    const facts = CHECK_FACTS[check];
    return facts.actor === actor && facts.verb === verb;
  });
  const found = worst(judged.map(({ verdict }) => verdict));
  // A failure stays one, whatever comes; anything else is told once all of the cell is.
  const state =
    found === 'fail' ? found : asked.length > 0 ? 'running' : (found ?? (live ? 'waiting' : 'none'));
  return {
    verb,
    state,
    points: [
      ...judged.map(result => judgedPoint(result, sources)),
      ...asked.map(({ check }): PanelPoint => ({
        check,
        through: null,
        title: CHECK_FACTS[check].title,
        state: 'running',
        cause: null,
        message: '',
        advice: '',
        rules: [],
        evidence: [],
      })),
    ],
  };
}

function judgedPoint(result: CheckResult, { causeOf }: MatrixSources): PanelPoint {
  const { check, through, verdict, cause, message, advice, evidence } = result;
  const found = causeOf(result);
  const excluded = ruledOut(result);
  return {
    check,
    through: through ?? null,
    title: CHECK_FACTS[check].title,
    state: verdict,
    cause,
    message,
    advice,
    rules: found?.rules ?? [],
    ...(found?.place && { place: found.place }),
    ...(excluded && { ruledOut: excluded }),
    evidence: evidence.map(
      ({ method, path, as, body, headers, expected, status, code, answer, control }) => ({
        method,
        path,
        as,
        body,
        headers,
        expected,
        status,
        code,
        answer,
        control,
      }),
    ),
  };
}

/** `A→B`, with the letters that the two subjects of the run have everywhere. */
function labelOf(actor: Actor, marks: readonly PanelMark[]): Pick<PanelRow, 'label' | 'spoken'> {
  const [a = 'A', b = 'B'] = marks.map(({ mark }) => mark);
  switch (actor) {
    case 'own':
      return { label: `${a}→${a}`, spoken: `${a} to ${a}` };
    case 'other':
      return { label: `${a}→${b}`, spoken: `${a} to ${b}` };
    case 'none':
      return { label: 'none', spoken: 'signed out' };
    case 'all':
      return { label: 'all', spoken: 'everybody' };
  }
}

/** The result that a button of the page is about. */
export function resultAt(
  results: readonly CheckResult[],
  { table, check, through }: ChecklistTarget,
): CheckResult | undefined {
  return results.find(
    result => result.table === table && result.check === check && result.through === through,
  );
}
