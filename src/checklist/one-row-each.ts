import { linkColumns, type TablePlan } from './table-plan';

/** The owner alone is a key: every subject has one row. */
export function hasOneRowEach(plan: TablePlan): boolean {
  if (plan.ownership.kind !== 'column') return false;
  const link = linkColumns(plan);
  return [plan.key, ...plan.uniqueKeys].some(
    key => key.length > 0 && key.every(column => link.includes(column)),
  );
}
