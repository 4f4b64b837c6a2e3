import type { TablePlan } from './table-plan';

/**
 * Tables that have rows in common: those that foreign keys connect. They are asked one after the other, parents first,
 * for one table's checks make rows in the other; tables of different groups are asked side by side.
 */
export function tableGroups(plans: readonly TablePlan[]): TablePlan[][] {
  const names = new Set(plans.map(({ table }) => table));
  const groupOf = new Map<string, Set<string>>(plans.map(({ table }) => [table, new Set([table])]));
  for (const { table, foreignKeys, views } of plans) {
    const connected = [...foreignKeys.map(key => key.table), ...views.map(({ name }) => name)];
    for (const other of connected.filter(name => names.has(name))) {
      const [one, two] = [groupOf.get(table), groupOf.get(other)];
      if (!one || !two || one === two) continue;
      for (const name of two) {
        one.add(name);
        groupOf.set(name, one);
      }
    }
  }
  return [...new Set(groupOf.values())].map(group => plans.filter(({ table }) => group.has(table)));
}
