import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { GatewayProxy, type Hold } from '../support/gateway-proxy';
import { localFlux, pushAlone, REPOSITORY, selectSql } from '../support/local-flux';
import { TemporaryFolder } from '../support/temporary-folder';
import type { LocalFlux } from '../../src/stack/local-flux';

const CLI = path.join(REPOSITORY, 'dist/cli.js');
const SQL = `create table lists (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null default auth.uid(),
  title text not null
);
create table notes (
  id uuid primary key default gen_random_uuid(),
  owner_id text not null default auth.uid(),
  list_id uuid not null references lists,
  title text not null
);
alter table lists enable row level security;
alter table notes enable row level security;
create policy lists_own on lists to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy notes_own on notes to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()) and exists (select 1 from lists where lists.id = notes.list_id));
grant select, insert, update, delete on lists, notes to authenticated;
`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

describe('flux-rls check as a process that is stopped', function () {
  this.timeout(120_000);
  let flux: LocalFlux;
  let proxy: GatewayProxy;
  let folder: TemporaryFolder;
  const children: ChildProcess[] = [];

  before(async () => {
    flux = await localFlux('v2_shared');
    await pushAlone(flux, SQL);
  });
  beforeEach(async () => {
    proxy = await GatewayProxy.start(flux.url);
    folder = new TemporaryFolder({ 'schema.sql': SQL });
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    proxy.stop();
    folder.remove();
  });

  /** Starts the built command as a person's shell would. */
  function start(args: readonly string[] = []): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(
      process.execPath,
      [CLI, 'check', '--url', proxy.url, '--schema', flux.schema, ...args],
      {
        cwd: folder.path,
        env: {
          PATH: process.env.PATH ?? '',
          XDG_STATE_HOME: path.join(folder.path, 'state'),
          FLUX_JWT_SECRET: flux.jwtSecret.reveal(),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    children.push(child);
    const texts = { out: '', error: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.error += text));
    const ended = new Promise<Ended>(resolve =>
      child.once('close', code => {
        resolve({ code, ...texts });
      }),
    );
    return { child, ended };
  }

  async function rowsLeft(): Promise<number> {
    const [row] = await selectSql(
      flux,
      `select (select count(*) from ${flux.schema}.lists) + (select count(*) from ${flux.schema}.notes) as count`,
    );
    return Number(row?.count);
  }
  const journalFiles = (): string[] => readdirSync(path.join(folder.path, 'state/flux-rls'));

  const points: readonly [name: string, hold: Hold][] = [
    [
      'before its first row is there',
      ({ method, index }) => (method === 'POST' && index === 1 ? 'request' : undefined),
    ],
    [
      'before it knows of a row',
      ({ method, index }) => (method === 'POST' && index === 1 ? 'answer' : undefined),
    ],
    ['in the middle', ({ method, index }) => (method === 'PATCH' && index === 2 ? 'answer' : undefined)],
    [
      'while it removes rows',
      ({ method, index }) => (method === 'DELETE' && index === 8 ? 'answer' : undefined),
    ],
  ];

  for (const [name, hold] of points) {
    it(`leaves nothing behind when it was killed ${name}, once it runs again`, async () => {
      const held = proxy.hold(hold);
      const { child, ended } = start();
      await held.reached;
      const [file, ...others] = journalFiles();
      assert.deepEqual(others, []);
      const journal = readFileSync(path.join(folder.path, 'state/flux-rls', file!), 'utf8');
      assert.ok(!journal.includes(flux.jwtSecret.reveal()) && !journal.includes('eyJ'));
      child.kill('SIGKILL');
      await ended;
      held.letGo();

      const cleaned = await start(['--clean-up']).ended;
      assert.equal(cleaned.code, 0, cleaned.error);
      assert.deepEqual([await rowsLeft(), journalFiles()], [0, []]);
      const again = await start().ended;
      assert.equal(again.code, 0, again.out + again.error);
      assert.deepEqual([await rowsLeft(), journalFiles()], [0, []]);
    });
  }

  it('removes the rows of the run that died before the next, and says so', async () => {
    const held = proxy.hold(({ method, index }) =>
      method === 'PATCH' && index === 2 ? 'answer' : undefined,
    );
    const { child, ended } = start();
    await held.reached;
    child.kill('SIGKILL');
    await ended;
    held.letGo();
    const left = await rowsLeft();
    assert.ok(left > 0, 'it was killed while rows were there');

    const { code, error } = await start(['--format', 'json']).ended;
    assert.equal(code, 0);
    assert.match(
      error,
      new RegExp(
        `^${left} ${left === 1 ? 'row' : 'rows'} of a run that died (?:was|were) removed from (?:lists|notes)`,
      ),
    );
    assert.equal(await rowsLeft(), 0);
  });

  it('keeps off the rows of a run that is under way', async () => {
    const held = proxy.hold(({ method, index }) =>
      method === 'PATCH' && index === 2 ? 'answer' : undefined,
    );
    const { ended } = start();
    await held.reached;
    const before = await rowsLeft();
    const other = await start(['--clean-up']).ended;
    assert.match(other.out, /^No run that died left rows at 127\.0\.0\.1:/);
    assert.equal(await rowsLeft(), before);
    held.letGo();
    const { code, out, error } = await ended;
    assert.equal(code, 0, out + error);
    assert.equal(await rowsLeft(), 0);
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`stops asking on ${signal}, removes its rows, and reports what it made`, async () => {
      const held = proxy.hold(({ method, index }) =>
        method === 'POST' && index === 4 ? 'answer' : undefined,
      );
      const { child, ended } = start();
      await held.reached;
      child.kill(signal);
      const result = await ended;
      held.letGo();
      assert.equal(result.code, code, result.error);
      assert.match(result.out, /^The run was cancelled: what was not asked is skipped\.$/m);
      const [, made, removed] = /(\d+) rows? made, (\d+) removed$/m.exec(result.out) ?? [];
      assert.ok(Number(made) > 0, result.out);
      assert.equal(removed, made);
      assert.deepEqual([await rowsLeft(), journalFiles()], [0, []]);
    });
  }
});
