import type { Progress } from '../../checklist/options';
import type { ChecklistPlan } from '../../checklist/table-plan';
import type { CheckResult } from '../../checklist/verdict';
import type { ChecklistRun, TableProgress } from './checklist-run';

/** The run after one more word of the engine. */
export function advanced(run: ChecklistRun, progress: Progress, plan: ChecklistPlan): ChecklistRun {
  switch (progress.kind) {
    case 'planned': {
      const shared = new Set(plan.tables.filter(table => table.shared).map(({ table }) => table));
      const tables = progress.tables.map(({ table, checks }) => ({
        table,
        checks,
        shared: shared.has(table),
        finished: 0,
      }));
      const planned = new Set(tables.map(({ table }) => table));
      const others = run.tables.filter(({ table }) => !planned.has(table));
      return { ...run, tables: inOrderOf(run.tables, [...others, ...tables]) };
    }
    case 'started':
      return {
        ...run,
        waiting: '',
        current: [...run.current, { table: progress.table, check: progress.check }],
      };
    case 'finished':
      return withResult(run, progress.result);
    case 'waiting':
      return { ...run, waiting: `${progress.reason} (${Math.ceil(progress.seconds)} s)` };
    case 'cleaning':
      return { ...run, state: 'cleaning', waiting: '', current: [] };
  }
}

/** A run of a part leaves the tables where they were. */
function inOrderOf(
  before: readonly TableProgress[],
  tables: readonly TableProgress[],
): readonly TableProgress[] {
  const rank = ({ table }: TableProgress): number => {
    const index = before.findIndex(other => other.table === table);
    return index === -1 ? before.length : index;
  };
  return [...tables].sort((one, other) => rank(one) - rank(other));
}

function withResult(run: ChecklistRun, result: CheckResult): ChecklistRun {
  return {
    ...run,
    waiting: '',
    current: run.current.filter(({ table, check }) => table !== result.table || check !== result.check),
    tables: run.tables.map(progress =>
      progress.table === result.table ? { ...progress, finished: progress.finished + 1 } : progress,
    ),
    results: [...run.results, result],
  };
}
