import { Database } from './connection';
import { databaseAddress, unreachable } from './unreachable';

/** Asks one statement and gives its rows. */
export type ReadQuery = <Row extends object = Record<string, unknown>>(
  sql: string,
  values?: unknown[],
) => Promise<Row[]>;

export interface ReadOnlyOptions {
  /** Ends the session; what runs rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that one statement may take. */
  readonly statementTimeout?: number;
}

/**
 * Opens `url`, runs `work` in one read-only transaction and rolls it back, whatever came of it. Errors of `work` itself
 * pass through.
 * @throws {DatabaseUnreachable}
 */
export async function readOnly<T>(
  url: string,
  work: (query: ReadQuery) => Promise<T>,
  { signal, statementTimeout = 15_000 }: ReadOnlyOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  const address = databaseAddress(url);
  const database = await connected(url, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unreachable(error, address);
  });
  // Closing a session ends what runs in it.
  const stop = (): void => void database.close().catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    // The session's own default holds even where the transaction is ended by what it runs.
    await database.query('set session characteristics as transaction read only');
    await database.query('begin transaction isolation level repeatable read read only');
    await database.query(`select set_config('statement_timeout', $1, true)`, [String(statementTimeout)]);
    return await work(async <Row extends object>(sql: string, values?: unknown[]) => {
      const { rows } = await database.query<Row>(sql, values);
      return rows;
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw isLost(error) ? unreachable(error, address) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await database.query('rollback').catch(() => undefined);
    await database.close().catch(() => undefined);
  }
}

/** Nobody waits for a server that does not answer; a connection that comes all the same is closed. */
async function connected(url: string, signal: AbortSignal | undefined): Promise<Database> {
  const connecting = Database.connect(url);
  if (!signal) return connecting;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
      connecting.then(
        database => database.close(),
        () => undefined,
      );
    };
    signal.addEventListener('abort', stop, { once: true });
    connecting.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

/** Whether the session ended under the work: PostgreSQL's own errors about a statement leave it open. */
function isLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    ['ECONNRESET', 'EPIPE', '57P01'].includes(code ?? '') ||
    (code === undefined && message?.startsWith('Connection terminated') === true)
  );
}
