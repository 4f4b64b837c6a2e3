import type { RowsReport } from '../checklist/verdict';

/** What became of the rows of runs that died, a line for each thing; empty when there were none. */
export function unfinishedInWords({ byTable, removed, left }: RowsReport): string[] {
  const tables = byTable.filter(table => table.removed > 0).map(({ table }) => table);
  const from = tables.length > 0 ? ` from ${tables.join(', ')}` : '';
  return [
    ...(removed > 0
      ? [`${rows(removed)} of a run that died ${removed === 1 ? 'was' : 'were'} removed${from}.`]
      : []),
    ...left.map(
      ({ table, key, owner, reason }) =>
        `A row of a run that died is still in ${table} (${key}, owner ${owner}): ${reason}.`,
    ),
  ];
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
