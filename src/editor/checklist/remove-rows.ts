import { GatewayClient, type ClientOptions } from '../../checklist/gateway-client';
import type { JournalRow, JournalStore } from '../../checklist/journal-store';
import type { LeftRow, RowsReport } from '../../checklist/verdict';

/** Removes the rows that runs have left, the newest first, each in the name of whoever can. */
export async function removeRows(
  store: JournalStore,
  options: ClientOptions,
  signal?: AbortSignal,
): Promise<RowsReport> {
  const client = new GatewayClient(options);
  const left: LeftRow[] = [];
  let created = 0;
  for (const { run, rows } of await store.unfinished()) {
    if (run.gatewayUrl !== options.gatewayUrl) continue;
    let isClean = true;
    for (const row of [...rows].reverse()) {
      created += 1;
      const reason = await remove(client, row, signal);
      if (reason === undefined) await store.remove(row.id);
      else {
        isClean = false;
        const key = Object.entries(row.filter)
          .map(([column, value]) => `${column}=${value}`)
          .join('&');
        left.push({ table: row.table, key, owner: row.owner, reason });
      }
    }
    if (isClean) await store.end(run.runId);
  }
  return { created, removed: created - left.length, left, byTable: [] };
}

/** Undefined when the row is gone, else why it stays. */
async function remove(
  client: GatewayClient,
  { table, filter, removers }: JournalRow,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let reason = '';
  for (const as of removers) {
    const { answer } = await client.ask({ method: 'DELETE', table, query: filter, as }, signal);
    if (answer.status !== null && answer.status < 300) return undefined;
    reason = answer.message ?? `status ${answer.status}`;
  }
  return reason;
}
