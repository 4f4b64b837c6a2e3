import assert from 'node:assert/strict';
import type { ChecklistReport, CheckResult, RowsReport, Verdict } from '../../../src/checklist/verdict';
import { advanced } from '../../../src/editor/checklist/run-state';
import { NEVER } from '../../../src/editor/checklist/checklist-run';
import {
  covers,
  keptResults,
  merged,
  onlyOf,
  speaksOfTheSame,
  targetsIn,
} from '../../../src/editor/checklist/run-target';

function result(table: string, check: CheckResult['check'], verdict: Verdict = 'pass'): CheckResult {
  return {
    table,
    check,
    verb: 'read',
    actor: 'own',
    verdict,
    cause: null,
    message: '',
    advice: '',
    evidence: [],
  };
}

function rows(table: string, created: number): RowsReport {
  return { created, removed: created, left: [], byTable: [{ table, created, removed: created }] };
}

function report(results: readonly CheckResult[], more: Partial<ChecklistReport> = {}): ChecklistReport {
  return {
    runId: 'r',
    url: 'http://127.0.0.1:1',
    engine: 'v2_shared',
    mode: 'full',
    subjects: ['ann', 'bob'],
    started: '2026-01-01T00:00:00.000Z',
    seconds: 1,
    requestSeconds: 2,
    requests: 3,
    waits: [],
    results,
    notChecked: [],
    rows: rows('notes', 2),
    cancelled: false,
    ...more,
  };
}

describe('the targets of a run', () => {
  it('are taken from what a command was called with, and nothing else is', () => {
    assert.deepEqual(targetsIn(undefined), []);
    assert.deepEqual(targetsIn({ $mid: 1, fsPath: '/x' }), []);
    assert.deepEqual(targetsIn({ table: 'notes', check: 'no-such-check' }), [{ table: 'notes' }]);
    assert.deepEqual(targetsIn([{ table: 'notes', check: 'read-own' }, { folder: 'file:///app' }, 7]), [
      { table: 'notes', check: 'read-own' },
      { folder: 'file:///app' },
    ]);
  });

  it('leave nothing out as soon as one of them is a whole folder', () => {
    assert.equal(onlyOf([]), undefined);
    assert.equal(onlyOf([{ folder: 'a' }, { folder: 'a', table: 'notes' }]), undefined);
    assert.deepEqual(onlyOf([{ table: 'notes' }]), [{ table: 'notes', check: undefined }]);
    assert.ok(covers(undefined, { table: 'notes', check: 'read-own' }));
    assert.ok(covers([{ table: 'notes' }], { table: 'notes', check: 'read-own' }));
    assert.ok(!covers([{ table: 'notes', check: 'no-sub' }], { table: 'notes', check: 'read-own' }));
  });
});

describe('a run of a part', () => {
  const before = report([
    result('notes', 'signed-out'),
    result('notes', 'read-own', 'fail'),
    result('tasks', 'read-own'),
  ]);
  const only = [{ table: 'notes', check: 'read-own' as const }];

  it('puts its results in the place of the earlier ones, and counts all rows and requests', () => {
    const again = result('notes', 'read-own');
    const whole = merged(before, report([again], { rows: rows('notes', 1), seconds: 0.5, runId: 's' }), only);
    assert.deepEqual(
      whole.results.map(({ table, check, verdict }) => `${table} ${check} ${verdict}`),
      ['notes signed-out pass', 'notes read-own pass', 'tasks read-own pass'],
    );
    assert.deepEqual(whole.rows, rows('notes', 3));
    assert.deepEqual([whole.requests, whole.requestSeconds, whole.seconds, whole.runId], [6, 4, 1.5, 's']);
  });

  it('keeps what it does not ask again, and only that', () => {
    assert.deepEqual(
      keptResults(before, only).map(({ table, check }) => `${table} ${check}`),
      ['notes signed-out', 'tasks read-own'],
    );
    assert.deepEqual(keptResults(before, undefined), []);
    assert.deepEqual(keptResults(undefined, only), []);
  });

  it('keeps nothing that was proved of another host, in another mode, or of other subjects', () => {
    const same = { gatewayUrl: before.url, mode: before.mode, subjects: before.subjects };
    assert.ok(speaksOfTheSame(before, same));
    assert.ok(!speaksOfTheSame(undefined, same));
    assert.ok(!speaksOfTheSame(before, { ...same, gatewayUrl: 'http://127.0.0.1:2' }));
    assert.ok(!speaksOfTheSame(before, { ...same, mode: 'no-write' }));
    assert.ok(!speaksOfTheSame(before, { ...same, subjects: ['ann', 'eve'] }));
  });
});

describe('the progress of a run', () => {
  const plan = { tables: [], notChecked: [] };

  it('counts by table what is under way and finished, and says why it waits', () => {
    let run = advanced(NEVER, { kind: 'planned', tables: [{ table: 'notes', checks: 2 }] }, plan);
    run = advanced(run, { kind: 'started', table: 'notes', check: 'read-own' }, plan);
    run = advanced(run, { kind: 'waiting', reason: 'the gateway limits requests', seconds: 2.1 }, plan);
    assert.deepEqual(run.current, [{ table: 'notes', check: 'read-own' }]);
    assert.equal(run.waiting, 'the gateway limits requests (3 s)');
    run = advanced(run, { kind: 'finished', result: result('notes', 'read-own') }, plan);
    assert.deepEqual([run.waiting, run.current.length, run.results.length], ['', 0, 1]);
    assert.deepEqual(run.tables, [{ table: 'notes', checks: 2, shared: false, finished: 1 }]);
    run = advanced(run, { kind: 'cleaning' }, plan);
    assert.equal(run.state, 'cleaning');
  });
});
