import { CHECK_IDS, type CheckId } from '../../checklist/check-ids';
import type { ChecklistOptions } from '../../checklist/options';
import type { ChecklistReport, CheckResult, RowsReport } from '../../checklist/verdict';

/** What a run is to cover: a table, or one check of it; all of the folder without either. */
export interface RunTarget {
  /** URI of the workspace folder; the one at hand when left out. */
  readonly folder?: string;
  readonly table?: string;
  readonly check?: CheckId;
}

type Only = NonNullable<ChecklistOptions['only']>;

/** The targets among what a command was called with: menus and key bindings pass things of their own. */
export function targetsIn(value: unknown): readonly RunTarget[] {
  return (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return [];
    const { folder, table, check } = each as Record<string, unknown>;
    const known = CHECK_IDS.find(id => id === check);
    const target: RunTarget = {
      ...(typeof folder === 'string' && { folder }),
      ...(typeof table === 'string' && { table }),
      ...(typeof table === 'string' && known && { check: known }),
    };
    return Object.keys(target).length > 0 ? [target] : [];
  });
}

/** What the engine is told to leave everything else out for; undefined for a whole run. */
export function onlyOf(targets: readonly RunTarget[]): Only | undefined {
  const only = targets.flatMap(({ table, check }) => (table === undefined ? [] : [{ table, check }]));
  return only.length === 0 || only.length < targets.length ? undefined : only;
}

/** Whether a run of these targets asks for the check anew. */
export function covers(only: Only | undefined, { table, check }: { table: string; check: CheckId }): boolean {
  return !only || only.some(each => each.table === table && (each.check ?? check) === check);
}

/** The results of `before` that a run of these targets leaves as they are. */
export function keptResults(before: ChecklistReport | undefined, only: Only | undefined): CheckResult[] {
  return (before?.results ?? []).filter(result => !covers(only, result));
}

/** Whether results of an earlier run still speak of what is asked now: another host, mode or subject is another proof. */
export function speaksOfTheSame(
  before: ChecklistReport | undefined,
  { gatewayUrl, mode, subjects }: Pick<ChecklistOptions, 'gatewayUrl' | 'mode' | 'subjects'>,
): boolean {
  return (
    before?.url === gatewayUrl && before.mode === mode && before.subjects.join('\n') === subjects.join('\n')
  );
}

/** One report of a run and the partial one after it: results in place of the earlier ones, and the sum of all rows. */
export function merged(
  before: ChecklistReport,
  after: ChecklistReport,
  only: Only | undefined,
): ChecklistReport {
  if (!only) return after;
  return {
    ...after,
    started: before.started,
    seconds: before.seconds + after.seconds,
    requestSeconds: before.requestSeconds + after.requestSeconds,
    requests: before.requests + after.requests,
    waits: [...before.waits, ...after.waits],
    results: inOrder([...keptResults(before, only), ...after.results], before),
    rows: sumOfRows(before.rows, after.rows),
  };
}

/** Tables as the whole run had them, and the checks of each in the order of a report. */
function inOrder(results: readonly CheckResult[], { results: known }: ChecklistReport): CheckResult[] {
  const tables = [...new Set([...known, ...results].map(({ table }) => table))];
  const rank = ({ table, check }: CheckResult): number =>
    tables.indexOf(table) * CHECK_IDS.length + CHECK_IDS.indexOf(check);
  return [...results].sort((one, other) => rank(one) - rank(other));
}

function sumOfRows(one: RowsReport, other: RowsReport): RowsReport {
  const byTable = new Map<string, { table: string; created: number; removed: number }>();
  for (const { table, created, removed } of [...one.byTable, ...other.byTable]) {
    const sum = byTable.get(table) ?? { table, created: 0, removed: 0 };
    byTable.set(table, { table, created: sum.created + created, removed: sum.removed + removed });
  }
  return {
    created: one.created + other.created,
    removed: one.removed + other.removed,
    left: [...one.left, ...other.left],
    byTable: [...byTable.values()],
  };
}
