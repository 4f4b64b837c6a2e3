import type { ChecklistPlan, TableChoices, TablePlan } from '../../checklist/table-plan';

/** Tables as the person wants them: some left out, some shared, some with another owner column. */
export function chosen(tables: readonly TablePlan[], choices: TableChoices): ChecklistPlan {
  const excluded = new Set(choices.excluded);
  return {
    tables: tables
      .filter(({ table }) => !excluded.has(table))
      .map((plan): TablePlan => {
        const owner = choices.owners[plan.table];
        return {
          ...plan,
          shared: choices.shared.includes(plan.table),
          ...(owner !== undefined && { ownership: { kind: 'column', column: owner } }),
        };
      }),
    notChecked: tables
      .filter(({ table }) => excluded.has(table))
      .map(({ table }) => ({ table, reason: 'left out by choice' })),
  };
}
