import type { Progress } from '../../checklist/options';
import type { ChecklistPlan } from '../../checklist/table-plan';
import type { CheckResult } from '../../checklist/verdict';
import type { ChecklistRun } from './checklist-run';

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
      return { ...run, tables };
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
