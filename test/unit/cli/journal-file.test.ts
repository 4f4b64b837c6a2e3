import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JournalRow, JournalRun } from '../../../src/checklist/journal-store';
import { JournalFile, type Writer } from '../../../src/cli/journal-file';
import { stateFolder } from '../../../src/cli/state-folder';
import { TemporaryFolder } from '../../support/temporary-folder';

const GATEWAY = { gatewayUrl: 'http://127.0.0.1:9', schema: 't_1a2b3c4d5e6f_api' };
const RUN: JournalRun = { runId: 'a1', ...GATEWAY, tables: ['parents', 'notes'] };
const rowOf = (id: string, rest: Partial<JournalRow> = {}): JournalRow => ({
  id,
  runId: 'a1',
  made: 1,
  table: 'notes',
  filter: { id: `eq.${id}` },
  owner: 'ann',
  removers: ['ann'],
  ...rest,
});

/** A process that is there, or is not, at a time. */
function writer(pid: number, rest: Partial<Writer> = {}): Writer {
  return { pid, machine: 'here', now: () => 1_000_000, isRunning: () => false, ...rest };
}

describe('the journal in files', () => {
  let folder: TemporaryFolder;
  let state: string;
  const journal = (by: Writer, gateway: { gatewayUrl: string; schema?: string } = GATEWAY): JournalFile =>
    new JournalFile(state, gateway, by);
  beforeEach(() => {
    folder = new TemporaryFolder();
    state = path.join(folder.path, 'state/flux-rls');
  });
  afterEach(() => {
    folder.remove();
  });

  it('tells the rows of a run whose process is gone, as they were last', async () => {
    const dead = journal(writer(1));
    await dead.begin(RUN);
    await dead.add(rowOf('r1'));
    await dead.add(rowOf('r2'));
    await dead.add(rowOf('r3'));
    await dead.add(rowOf('r1', { filter: { id: 'eq.9' } }));
    await dead.remove('r2');
    assert.deepEqual(await journal(writer(2)).unfinished(), [
      { run: RUN, rows: [rowOf('r3'), rowOf('r1', { filter: { id: 'eq.9' } })] },
    ]);
  });

  it('keeps whatever a row has', async () => {
    const row = { ...rowOf('r1'), ownerColumn: 'owner_id' };
    const dead = journal(writer(1));
    await dead.begin(RUN);
    await dead.add(row);
    assert.deepEqual((await journal(writer(2)).unfinished())[0]?.rows, [row]);
  });

  it('has every change on the disk before it answers, however many come at once', async () => {
    const live = journal(writer(1));
    await live.begin(RUN);
    const ids = Array.from({ length: 30 }, (_, index) => `r${index}`);
    await Promise.all(ids.map(id => live.add(rowOf(id))));
    const [entry] = await journal(writer(2)).unfinished();
    assert.deepEqual(
      entry?.rows.map(({ id }) => id),
      ids,
    );
  });

  it('is for its owner’s eyes, and leaves no half-written file', async () => {
    const live = journal(writer(1));
    await live.begin(RUN);
    await live.add(rowOf('r1'));
    assert.deepEqual(readdirSync(state), ['a1.json']);
    assert.equal(statSync(path.join(state, 'a1.json')).mode & 0o777, 0o600);
    assert.equal(statSync(state).mode & 0o777, 0o700);
  });

  it('forgets a run that is ended', async () => {
    const dead = journal(writer(1));
    await dead.begin(RUN);
    await dead.end('a1');
    assert.deepEqual([await journal(writer(2)).unfinished(), readdirSync(state)], [[], []]);
    await dead.end('a1');
  });

  it('lets another process remove the rows of a dead run one by one, and end it', async () => {
    const dead = journal(writer(1));
    await dead.begin(RUN);
    await dead.add(rowOf('r1'));
    await dead.add(rowOf('r2'));
    const other = journal(writer(2));
    await other.remove('r1');
    await other.remove('unknown');
    // Also for a third one it is dead: nobody took it over.
    const third = journal(writer(3, { isRunning: pid => pid === 2 }));
    assert.deepEqual(await third.unfinished(), [{ run: RUN, rows: [rowOf('r2')] }]);
    await other.end('a1');
    assert.deepEqual(await third.unfinished(), []);
  });

  it('keeps off runs that are under way', async () => {
    const live = journal(writer(1));
    await live.begin(RUN);
    assert.deepEqual(await live.unfinished(), [], 'its own');
    const isRunning = (pid: number): boolean => pid === 1;
    assert.deepEqual(await journal(writer(2, { isRunning })).unfinished(), [], 'of a process that is there');
    assert.deepEqual(
      await journal(writer(2, { machine: 'elsewhere' })).unfinished(),
      [],
      'of another machine',
    );
  });

  it('takes runs for dead whose process number says nothing', async () => {
    await journal(writer(1)).begin(RUN);
    const tomorrow = (): number => 1_000_000 + 24 * 60 * 60 * 1000;
    for (const [by, why] of [
      [writer(1, { isRunning: () => true }), 'the number is this process’s own'],
      [writer(2, { isRunning: () => true, now: tomorrow }), 'the number was given to another one since'],
      [writer(2, { machine: 'elsewhere', now: tomorrow }), 'another machine, long ago'],
    ] as const) {
      assert.equal((await journal(by).unfinished()).length, 1, why);
    }
  });

  it('tells a live process from a dead one', async () => {
    await new JournalFile(state, GATEWAY).begin(RUN);
    const file = path.join(state, 'a1.json');
    const entry = JSON.parse(readFileSync(file, 'utf8')) as { by: object };
    const write = (pid: number): void => {
      writeFileSync(file, JSON.stringify({ ...entry, by: { ...entry.by, pid } }));
    };
    write(process.ppid);
    assert.deepEqual(await new JournalFile(state, GATEWAY).unfinished(), []);
    write(2 ** 22 + 1);
    assert.equal((await new JournalFile(state, GATEWAY).unfinished()).length, 1);
  });

  it('tells only runs at the same gateway and schema', async () => {
    await journal(writer(1)).begin(RUN);
    const at = async (gateway: { gatewayUrl: string; schema?: string }): Promise<number> =>
      (await journal(writer(2), gateway).unfinished()).length;
    assert.equal(await at({ ...GATEWAY, gatewayUrl: 'http://127.0.0.1:9/' }), 1);
    assert.equal(await at({ ...GATEWAY, gatewayUrl: 'http://127.0.0.1:10' }), 0);
    assert.equal(await at({ ...GATEWAY, schema: 'api' }), 0);
    assert.equal(await at({ gatewayUrl: GATEWAY.gatewayUrl }), 0);
    await journal(writer(1)).begin({ runId: 'b2', gatewayUrl: 'http://127.0.0.1:11', tables: [] });
    assert.equal(await at({ gatewayUrl: 'http://127.0.0.1:11' }), 1);
  });

  it('reads past files that are no runs', async () => {
    assert.deepEqual(await journal(writer(2)).unfinished(), [], 'no folder');
    await journal(writer(1)).begin(RUN);
    const texts = ['', '{', 'null', '{"version":2,"run":{},"rows":[],"by":{}}', '{"version":1}'];
    texts.forEach((text, index) => {
      writeFileSync(path.join(state, `x${index}.json`), text);
    });
    mkdirSync(path.join(state, 'folder.json'));
    assert.deepEqual(await journal(writer(2)).unfinished(), [{ run: RUN, rows: [] }]);
  });

  it('says where it cannot write, and what to do', async () => {
    folder.write('state', 'a file in the way');
    await assert.rejects(
      journal(writer(1)).begin(RUN),
      /^UsageError: The journal of rows cannot be written in .*flux-rls \((ENOTDIR|EEXIST)\): make the folder writable, or set XDG_STATE_HOME\.$/,
    );
  });

  it('names no file by what is no id', async () => {
    await assert.rejects(journal(writer(1)).begin({ ...RUN, runId: '../a' }), /"\.\.\/a" is no id of a run/);
    await assert.rejects(journal(writer(1)).add(rowOf('r1')), /a1 was not begun/);
  });
});

describe('the state folder', () => {
  for (const [platform, environment, folder] of [
    ['linux', { HOME: '/home/ann' }, '/home/ann/.local/state/flux-rls'],
    ['linux', { HOME: '/home/ann', XDG_STATE_HOME: '/state' }, '/state/flux-rls'],
    ['linux', { HOME: '/home/ann', XDG_STATE_HOME: 'state' }, '/home/ann/.local/state/flux-rls'],
    ['linux', { HOME: '/home/ann', XDG_STATE_HOME: '' }, '/home/ann/.local/state/flux-rls'],
    ['darwin', { HOME: '/Users/ann' }, '/Users/ann/Library/Application Support/flux-rls'],
    ['darwin', { HOME: '/Users/ann', XDG_STATE_HOME: '/state' }, '/state/flux-rls'],
    ['win32', { LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' }, 'C:\\Users\\ann\\AppData\\Local\\flux-rls'],
    ['win32', { USERPROFILE: 'C:\\Users\\ann' }, 'C:\\Users\\ann\\AppData\\Local\\flux-rls'],
  ] as const) {
    it(`is ${folder} on ${platform} with ${Object.keys(environment).join(' and ')}`, () => {
      assert.equal(stateFolder(environment, platform), folder);
    });
  }
});
