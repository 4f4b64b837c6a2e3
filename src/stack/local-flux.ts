import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database } from '../database/connection';
import { AUTHENTICATOR, exposedSchemas, V2_PRE_REQUEST, v1Bootstrap, v2Bootstrap } from '../flux/bootstrap';
import { ANON, type Engine } from '../flux/engine';
import { requestRole, tenantOf, V1_SCHEMA } from '../flux/names';
import { Secret } from '../flux/secret';
import { findBinaries } from './binaries';
import { Gateway } from './gateway';
import { PostgresServer } from './postgres-server';
import { PostgrestServer } from './postgrest-server';
import { pushFiles, type PushFile } from './push';
import { Reaper } from './reaper';

/** Schema of a local v2 project that has no name of its own yet. */
export const LOCAL_SCHEMA = 't_f1a7c0de0001_api';

export interface LocalFluxOptions {
  readonly engine: Engine;
  /** API schema; by default {@link LOCAL_SCHEMA} on v2 and `api` on v1. */
  readonly schema?: string;
  /** Port of the gateway (v2) or of PostgREST (v1); a free one when left out. */
  readonly port?: number;
  /** Pushed before the first request is answered, in order. */
  readonly files?: readonly PushFile[];
  /** Folders whose `node_modules` may hold the servers. */
  readonly packageRoots: readonly string[];
  /** The project secret to accept; a random one when left out. */
  readonly jwtSecret?: Secret;
  readonly log?: (line: string) => void;
}

/** A Flux project on this machine: real PostgreSQL, real PostgREST, and on v2 a gateway before them. */
export class LocalFlux {
  private constructor(
    readonly engine: Engine,
    readonly schema: string,
    /** The role that signed-in requests run as. */
    readonly role: string,
    readonly jwtSecret: Secret,
    private readonly postgres: PostgresServer,
    private readonly postgrest: PostgrestServer,
    private readonly gateway: Gateway | undefined,
    private readonly dispose: () => Promise<void>,
  ) {}

  /**
   * Starts everything and pushes `files`. What was started is stopped again when a later step fails.
   * @throws {BinaryMissing | ServerFailed | PushFailed}
   */
  static async start(options: LocalFluxOptions): Promise<LocalFlux> {
    const { engine, log = () => undefined } = options;
    const schema = options.schema ?? (engine === 'v2_shared' ? LOCAL_SCHEMA : V1_SCHEMA);
    const project = new Project(engine, schema);
    const binaries = await findBinaries(options.packageRoots);
    const folder = await mkdtemp(path.join(temporaryRoot(), 'flux-rls-'));
    const reaper = new Reaper();
    const running: { stop(): Promise<void> }[] = [];
    const dispose = async (): Promise<void> => {
      for (const server of running.splice(0).reverse()) await server.stop();
      reaper.dismiss();
      await rm(folder, { recursive: true, force: true });
    };
    const watch = (...servers: { readonly pid: number | undefined }[]): void => {
      reaper.watch({ folder, pids: servers.flatMap(({ pid }) => pid ?? []) });
    };
    watch();

    try {
      const postgres = await PostgresServer.start({ binaries: binaries.postgresFolder, folder, log });
      running.push(postgres);
      watch(postgres);

      await project.bootstrap(postgres.url());
      await pushFiles(postgres.url(), engine, schema, options.files ?? []);

      const jwtSecret = options.jwtSecret ?? randomSecret();
      const bridgeSecret = engine === 'v2_shared' ? randomSecret() : jwtSecret;
      const postgrest = await PostgrestServer.start({
        binary: binaries.postgrest,
        databaseUrl: project.postgrestUrl(postgres),
        schemas: exposedSchemas(engine, schema),
        jwtSecret: bridgeSecret.reveal(),
        log,
        ...project.postgrestOptions(),
        ...(engine === 'v1_dedicated' && options.port !== undefined && { port: options.port }),
      });
      running.push(postgrest);
      watch(postgres, postgrest);

      const gateway = await project.startGateway(postgrest.url, jwtSecret, bridgeSecret, options.port ?? 0);
      if (gateway) running.push(gateway);

      const role = requestRole(engine, schema);
      return new LocalFlux(engine, schema, role, jwtSecret, postgres, postgrest, gateway, dispose);
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  /** Where an app, a token or the checklist points. */
  get url(): string {
    return (this.gateway ?? this.postgrest).url;
  }

  /** The superuser's connection URL. */
  get databaseUrl(): string {
    return this.postgres.url();
  }

  /**
   * Pushes more files and waits until PostgREST knows what they changed.
   * @throws {PushFailed}
   */
  async push(files: readonly PushFile[]): Promise<void> {
    for (const file of files) {
      await this.postgrest.reloadedAfter(() => pushFiles(this.databaseUrl, this.engine, this.schema, [file]));
    }
  }

  /** Runs SQL as the superuser, past every gate of a push, and has PostgREST read the schema anew. */
  async administer(sql: string): Promise<void> {
    await this.postgrest.reloadedAfter(() =>
      administer(this.databaseUrl, `${sql}; notify pgrst, 'reload schema';`),
    );
  }

  async stop(): Promise<void> {
    await this.dispose();
  }
}

/** The engine's side of the start: which roles, which PostgREST settings, which edge. */
class Project {
  readonly #authenticatorPassword = randomBytes(24).toString('base64url');
  readonly #tenant;

  constructor(
    engine: Engine,
    private readonly schema: string,
  ) {
    this.#tenant = engine === 'v2_shared' ? tenantOf(schema) : undefined;
    if (engine === 'v2_shared' && this.#tenant?.schema !== schema) {
      throw new RangeError(`A v2 project's schema is t_<12 hex digits>_api, not "${schema}".`);
    }
  }

  async bootstrap(databaseUrl: string): Promise<void> {
    const sql = this.#tenant
      ? v2Bootstrap(this.#tenant, this.tenantId, this.#authenticatorPassword)
      : v1Bootstrap(this.schema);
    await administer(databaseUrl, sql);
  }

  postgrestUrl(postgres: PostgresServer): string {
    return this.#tenant ? postgres.url(AUTHENTICATOR, this.#authenticatorPassword) : postgres.url();
  }

  postgrestOptions(): { anonRole: string; extraSearchPath: string; preRequest?: string } {
    return this.#tenant
      ? { anonRole: AUTHENTICATOR, extraSearchPath: 'public', preRequest: V2_PRE_REQUEST }
      : { anonRole: ANON, extraSearchPath: 'public' };
  }

  async startGateway(
    upstream: string,
    projectSecret: Secret,
    bridgeSecret: Secret,
    port: number,
  ): Promise<Gateway | undefined> {
    return (
      this.#tenant &&
      Gateway.start({
        upstream,
        tenant: this.#tenant,
        tenantId: this.tenantId,
        projectSecret,
        bridgeSecret,
        port,
      })
    );
  }

  /** A tenant's UUID starts with the 12 digits of its names. */
  private get tenantId(): string {
    const id = this.#tenant?.id ?? '';
    return `${id.slice(0, 8)}-${id.slice(8)}-4000-8000-000000000000`;
  }
}

async function administer(databaseUrl: string, sql: string): Promise<void> {
  const database = await Database.connect(databaseUrl);
  try {
    await database.query(sql);
  } finally {
    await database.close();
  }
}

/** Root hands the server to another user, to whom a private TMPDIR is closed. */
function temporaryRoot(): string {
  return process.getuid?.() === 0 ? '/tmp' : tmpdir();
}

function randomSecret(): Secret {
  return new Secret(randomBytes(36).toString('base64url'));
}
