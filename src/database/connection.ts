import type { Client, QueryResult } from 'pg';

/** What a query answered; `command` is PostgreSQL's tag, such as `INSERT`. */
export type Answer<Row extends object = Record<string, unknown>> = QueryResult<Row>;

/** Who a request runs as, in the way PostgREST tells PostgreSQL. */
export interface Impersonation {
  readonly role: string;
  readonly schema: string;
  /** Claims of the token; undefined is a request without one. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Milliseconds to wait for a connection before it counts as failed. */
const CONNECT_TIMEOUT = 10_000;

/** One connection to a PostgreSQL database. `pg` is loaded with the first one. */
export class Database {
  private constructor(private readonly client: Client) {}

  /** Opens `url`; rejects with pg's error when the server refuses or cannot be reached. */
  static async connect(url: string): Promise<Database> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT });
    // A server that goes away would otherwise end the process; the next query reports it.
    client.on('error', () => undefined);
    await client.connect();
    return new Database(client);
  }

  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    values?: unknown[],
  ): Promise<Answer<Row>> {
    return this.client.query<Row>(sql, values);
  }

  /** Runs `work` as one request would run, and rolls everything back. */
  async asRequest<T>(as: Impersonation, work: (database: this) => Promise<T>): Promise<T> {
    await this.client.query('begin');
    try {
      await this.client.query(
        `select set_config('role', $1, true), set_config('search_path', $2, true), set_config('request.jwt.claims', $3, true)`,
        [
          as.role,
          as.schema,
          as.claims ? JSON.stringify({ role: as.role, ...as.claims }) : JSON.stringify({ role: as.role }),
        ],
      );
      return await work(this);
    } finally {
      await this.client.query('rollback');
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
