import { freePort, ServerProcess } from './server-process';

export interface PostgrestOptions {
  readonly binary: string;
  readonly databaseUrl: string;
  /** Exposed schemas, comma-separated, the default one first. */
  readonly schemas: string;
  readonly anonRole: string;
  readonly jwtSecret: string;
  /** Function that PostgREST calls before each request. */
  readonly preRequest?: string;
  /** `db-extra-search-path`: schemas that every request can name things from. */
  readonly extraSearchPath: string;
  /** Port to listen on; a free one when left out. */
  readonly port?: number;
  readonly log: (line: string) => void;
}

const SCHEMA_CACHE_LOADED = 'Schema cache loaded';

/** A PostgREST on 127.0.0.1. */
export class PostgrestServer {
  private constructor(
    private readonly process: ServerProcess,
    readonly url: string,
  ) {}

  /** @throws {ServerFailed} */
  static async start(options: PostgrestOptions): Promise<PostgrestServer> {
    const port = options.port ?? (await freePort());
    const server = new ServerProcess(
      'PostgREST',
      options.binary,
      [],
      {
        env: {
          PGRST_DB_URI: options.databaseUrl,
          PGRST_DB_SCHEMAS: options.schemas,
          PGRST_DB_ANON_ROLE: options.anonRole,
          PGRST_DB_EXTRA_SEARCH_PATH: options.extraSearchPath,
          PGRST_JWT_SECRET: options.jwtSecret,
          PGRST_SERVER_HOST: '127.0.0.1',
          PGRST_SERVER_PORT: String(port),
          ...(options.preRequest !== undefined && { PGRST_DB_PRE_REQUEST: options.preRequest }),
        },
      },
      options.log,
    );
    try {
      await server.says(SCHEMA_CACHE_LOADED);
    } catch (error) {
      await server.stop('SIGTERM');
      throw error;
    }
    return new PostgrestServer(server, `http://127.0.0.1:${port}`);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Runs `change`, which notifies PostgREST of a new schema, and waits until PostgREST has read it. */
  async reloadedAfter<T>(change: () => Promise<T>): Promise<T> {
    const reloaded = this.process.says(SCHEMA_CACHE_LOADED);
    // The change may fail first; then nobody waits for the reload any more.
    reloaded.catch(() => undefined);
    const result = await change();
    await reloaded;
    return result;
  }

  async stop(): Promise<void> {
    await this.process.stop('SIGTERM');
  }
}
