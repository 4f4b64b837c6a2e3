import { GatewayClient, type ClientOptions } from './gateway-client';
import type { JournalStore } from './journal-store';
import { leftRow, lookFor, NOT_LOOKED_FOR, removeRow, type Sweep } from './row-journal';
import type { LeftRow, RowsReport } from './verdict';

/**
 * Removes the rows of runs that ended before their clean-up: of the same gateway, for tokens of this project are what
 * it takes. Rows that stay are listed, and stay in the journal.
 */
export async function cleanUpUnfinished(
  store: JournalStore,
  client: ClientOptions,
  { signal, sweep }: { readonly signal?: AbortSignal | undefined; readonly sweep?: Sweep | undefined } = {},
): Promise<RowsReport> {
  const left: LeftRow[] = [];
  const byTable = new Map<string, { created: number; removed: number }>();
  for (const { run, rows } of await store.unfinished()) {
    if (run.gatewayUrl !== client.gatewayUrl) continue;
    const { schema = client.schema, role = client.role } = run;
    const asker = new GatewayClient({ ...client, schema, role });
    const depth = (table: string): number => run.tables.indexOf(table);
    const newestFirst = [...rows].reverse().sort((one, other) => depth(other.table) - depth(one.table));
    let stay = 0;
    for (const row of newestFirst) {
      const presence = await lookFor(asker, row, signal, client.sleep);
      if (presence === 'not known') {
        left.push(leftRow(row, NOT_LOOKED_FOR));
        stay += 1;
        continue;
      }
      if (presence === 'there') {
        const counts = byTable.get(row.table) ?? { created: 0, removed: 0 };
        byTable.set(row.table, counts);
        counts.created += 1;
        const reason = await removeRow(asker, row, sweep, signal);
        if (reason !== undefined) {
          left.push(leftRow(row, reason));
          stay += 1;
          continue;
        }
        counts.removed += 1;
      }
      await store.remove(row.id);
    }
    if (stay === 0) await store.end(run.runId);
  }
  const tables = [...byTable].map(([table, counts]) => ({ table, ...counts }));
  const sum = (kind: 'created' | 'removed'): number => tables.reduce((all, table) => all + table[kind], 0);
  return { created: sum('created'), removed: sum('removed'), left, byTable: tables };
}
