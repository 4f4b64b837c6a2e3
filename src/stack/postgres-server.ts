import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, ServerFailed, ServerProcess } from './server-process';

const run = promisify(execFile);

/** Users to hand the server to when this process is root, which PostgreSQL refuses to run as. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'] as const;

/** Nothing here outlives the session, so durability is traded for speed and memory. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '16MB',
  max_connections: '100',
  lc_messages: 'C',
} as const;

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

export interface PostgresOptions {
  /** Folder of `postgres` and `initdb`. */
  readonly binaries: string;
  /** An existing empty folder for everything the server writes. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** A throw-away PostgreSQL on 127.0.0.1 with the superuser `postgres`. */
export class PostgresServer {
  private constructor(
    private readonly process: ServerProcess,
    private readonly port: number,
    private readonly password: string,
  ) {}

  /** @throws {ServerFailed} */
  static async start(options: PostgresOptions): Promise<PostgresServer> {
    const { folder, log } = options;
    const identity = await unprivilegedIdentity();
    if (identity.uid !== undefined) await chown(folder, identity.uid, identity.gid ?? identity.uid);
    const binaries = await reachableBinaries(options.binaries, folder, identity);
    const password = randomBytes(24).toString('base64url');
    const data = path.join(folder, 'data');
    await initialize(path.join(binaries, 'initdb'), data, password, folder, identity);

    const port = await freePort();
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = new ServerProcess(
      'PostgreSQL',
      path.join(binaries, 'postgres'),
      ['-D', data, '-p', String(port), ...settings],
      { cwd: folder, ...identity },
      log,
    );
    try {
      await server.says('ready to accept connections');
    } catch (error) {
      await server.stop('SIGQUIT');
      throw error;
    }
    return new PostgresServer(server, port, password);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Connection URL of a role, by default the superuser's. */
  url(role = 'postgres', password = this.password): string {
    return `postgres://${role}:${password}@127.0.0.1:${this.port}/postgres`;
  }

  async stop(): Promise<void> {
    await this.process.stop('SIGINT');
  }
}

async function initialize(
  initdb: string,
  data: string,
  password: string,
  folder: string,
  identity: Identity,
): Promise<void> {
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined) await chown(passwordFile, identity.uid, identity.gid ?? identity.uid);
  const args = ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await run(initdb, [...args, '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'], {
      cwd: folder,
      ...identity,
    });
  } catch (error) {
    throw new ServerFailed('PostgreSQL', error instanceof Error ? error.message : String(error));
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** No identity means: as whoever this process is. */
async function unprivilegedIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  for (const user of UNPRIVILEGED_USERS) {
    try {
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map(async flag => Number((await run('id', [flag, user])).stdout)),
      );
      if (uid !== undefined && gid !== undefined && uid > 0) return { uid, gid };
    } catch {
      continue;
    }
  }
  throw new ServerFailed(
    'PostgreSQL',
    `it cannot run as root, and there is no user ${UNPRIVILEGED_USERS.join(' or ')}`,
  );
}

/** A root's home is closed to the user the server runs as; a copy beside the data is not. */
async function reachableBinaries(binaries: string, folder: string, identity: Identity): Promise<string> {
  if (identity.uid === undefined) return binaries;
  try {
    await run(path.join(binaries, 'postgres'), ['--version'], { cwd: folder, ...identity });
    return binaries;
  } catch {
    const copy = path.join(folder, 'postgresql');
    await mkdir(copy);
    await cp(path.dirname(binaries), copy, { recursive: true, verbatimSymlinks: true });
    return path.join(copy, path.basename(binaries));
  }
}
