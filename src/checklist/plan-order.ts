import type { PlannedForeignKey, TablePlan } from './table-plan';

/** Parents before their children; a circle is broken where a key may be NULL. */
export function parentsFirst(plans: readonly TablePlan[]): TablePlan[] {
  const left = [...plans];
  const ordered: TablePlan[] = [];
  const waitsFor = (plan: TablePlan, keys: readonly PlannedForeignKey[]): boolean =>
    keys.some(({ table }) => table !== plan.table && left.some(other => other.table === table));
  while (left.length > 0) {
    const next =
      left.find(plan => !waitsFor(plan, plan.foreignKeys)) ??
      left.find(plan => !waitsFor(plan, requiredKeys(plan))) ??
      left[0];
    if (!next) break;
    left.splice(left.indexOf(next), 1);
    ordered.push(next);
  }
  return ordered;
}

function requiredKeys({ foreignKeys, columns }: TablePlan): PlannedForeignKey[] {
  const notNull = new Set(columns.flatMap(column => (column.notNull ? column.name : [])));
  return foreignKeys.filter(key => key.columns.every(column => notNull.has(column)));
}
