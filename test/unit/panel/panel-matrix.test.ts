import assert from 'node:assert/strict';
import type { CheckResult } from '../../../src/checklist/verdict';
import type { ChecklistRun } from '../../../src/editor/checklist/checklist-run';
import { NEVER } from '../../../src/editor/checklist/checklist-run';
import { panelTables, resultAt } from '../../../src/editor/panel/panel-matrix';
import { cellByKey } from '../../../src/panel/matrix-keys';
import type { PanelTable } from '../../../src/panel/messages';
import { cellName, placedRows } from '../../../src/panel/words';
import { CAUSE, doneRun, FORGED, MARKS, result, someResults } from '../../support/panel-states';

const tablesOf = (run: ChecklistRun): PanelTable[] =>
  panelTables(run, { marks: MARKS, causeOf: ({ verdict }) => (verdict === 'fail' ? CAUSE : undefined) });

/** `A→B read fail` of every cell. */
const cellsOf = (table: PanelTable | undefined): string[] =>
  (table?.rows ?? []).flatMap(({ label, cells }) =>
    cells.map(({ verb, state }) => `${label} ${verb} ${state}`),
  );

describe('the matrix of results', () => {
  it('has a row for who asks whom, and a column for each verb', () => {
    const [notes, countries, app] = tablesOf(doneRun(someResults()));
    assert.deepEqual(cellsOf(notes), [
      'A→A read pass',
      'A→A insert pass',
      'A→A update pass',
      'A→A delete pass',
      'A→B read pass',
      'A→B insert fail',
      'A→B update unknown',
      'A→B delete pass',
      'none read pass',
      'none insert pass',
      'none update pass',
      'none delete pass',
    ]);
    assert.deepEqual(
      cellsOf(countries),
      ['read', 'insert', 'update', 'delete'].map(verb => `all ${verb} pass`),
    );
    assert.deepEqual(cellsOf(app), ['A→A read pass', 'A→B read pass', 'none read pass']);
    assert.deepEqual(
      [notes, countries, app].map(table => [table?.kind, table?.shared]),
      [
        ['table', false],
        ['table', true],
        ['app', false],
      ],
    );
  });

  it('shows the worst of a cell’s verdicts, and every check of it', () => {
    const verdicts: [first: CheckResult['verdict'], second: CheckResult['verdict'], cell: string][] = [
      ['pass', 'fail', 'fail'],
      ['unknown', 'pass', 'unknown'],
      ['skipped', 'pass', 'pass'],
      ['skipped', 'skipped', 'skipped'],
    ];
    for (const [first, second, cell] of verdicts) {
      const [table] = tablesOf(
        doneRun([
          result('notes', 'signed-out', { verdict: first }),
          result('notes', 'expired-token', { verdict: second }),
        ]),
      );
      const read = table?.rows.find(({ actor }) => actor === 'none')?.cells[0];
      assert.equal(read?.state, cell);
      assert.deepEqual(
        read.points.map(({ check, state }) => `${check} ${state}`),
        [`signed-out ${first}`, `expired-token ${second}`],
      );
    }
  });

  it('fills in place while a run goes on: a failure at once, anything else when the cell is whole', () => {
    const going: ChecklistRun = {
      ...NEVER,
      state: 'running',
      tables: [{ table: 'notes', shared: false, finished: 1, checks: 9 }],
      current: [
        { table: 'notes', check: 'expired-token' },
        { table: 'notes', check: 'read-own' },
      ],
      results: [result('notes', 'signed-out')],
    };
    const [notes] = tablesOf(going);
    assert.deepEqual(
      cellsOf(notes).filter(cell => cell.includes(' read ')),
      ['A→A read running', 'A→B read waiting', 'none read running'],
    );
    const [failed] = tablesOf({ ...going, results: [result('notes', 'signed-out', { verdict: 'fail' })] });
    assert.ok(cellsOf(failed).includes('none read fail'));
    const [ended] = tablesOf({ ...going, state: 'cancelled', current: [] });
    assert.ok(cellsOf(ended).includes('A→B read none'), 'what was not asked is not promised');
  });

  it('keeps what is reached through a view as a line of the table’s cell, and finds it again', () => {
    const results = [
      result('notes', 'view-read', { through: 'all_notes', verdict: 'fail' }),
      result('notes', 'view-read', { through: 'own_notes' }),
    ];
    const [notes] = tablesOf(doneRun(results));
    const points = notes?.rows.find(({ actor }) => actor === 'other')?.cells[0]?.points;
    assert.deepEqual(
      points?.map(({ through, state, place }) => [through, state, place?.line]),
      [
        ['all_notes', 'fail', 24],
        ['own_notes', 'pass', undefined],
      ],
    );
    const target = { table: 'notes', check: 'view-read', through: 'own_notes' };
    assert.equal(resultAt(results, target), results[1]);
    assert.equal(resultAt(results, { table: 'notes', check: 'view-read' }), undefined);
  });

  it('has the letters of the run’s subjects, and none where there are no subjects yet', () => {
    const marks = [
      { ...MARKS[0]!, mark: 'B' },
      { ...MARKS[1]!, mark: 'D' },
    ];
    const labels = (given: typeof marks): string[] =>
      panelTables(doneRun(someResults()), { marks: given, causeOf: () => undefined })[0]!.rows.map(
        ({ label, spoken }) => `${label} ${spoken}`,
      );
    assert.deepEqual(labels(marks), ['B→B B to B', 'B→D B to D', 'none signed out']);
    assert.deepEqual(labels([]), ['A→A A to A', 'A→B A to B', 'none signed out']);
  });

  it('says why the cause that comes to mind first is not the one', () => {
    const ruledOut = (changes: Partial<CheckResult>): string | undefined => {
      const [table] = tablesOf(doneRun([result('notes', 'forged-insert', { ...FORGED, ...changes })]));
      return table?.rows[1]?.cells[1]?.points[0]?.ruledOut?.title;
    };
    const [asked] = FORGED.evidence!;
    const refused = (answer: string): CheckResult['evidence'] => [
      { ...asked!, control: false, status: 403, code: '42501', answer },
    ];
    assert.equal(ruledOut({}), 'Why this cannot be a missing GRANT');
    assert.equal(
      ruledOut({ evidence: refused('new row violates row-level security policy for table "notes"') }),
      'Why this cannot be a missing GRANT',
    );
    assert.equal(
      ruledOut({ cause: 'missing-grant', evidence: refused('permission denied for table notes') }),
      'Why this cannot be a policy',
    );
    assert.equal(ruledOut({ evidence: refused('refused') }), undefined, 'the answer does not say');
    assert.equal(ruledOut({ verdict: 'unknown' }), undefined);
    const controlOnly = FORGED.evidence!.filter(({ control }) => control);
    assert.equal(ruledOut({ evidence: controlOnly }), undefined, 'a control proves nothing of the rest');
  });
});

describe('keys in the matrix', () => {
  const rows = placedRows(tablesOf(doneRun(someResults())));
  const named = (key: string, from: string, toEnd = false): string | undefined => {
    const start = rows.flat().find(({ table, row, cell }) => cellName(table, row, cell).startsWith(from));
    const to = cellByKey(rows, start!.key, key, toEnd);
    return to && cellName(to.table, to.row, to.cell);
  };

  it('lead to the next cell, and nowhere at the edge', () => {
    assert.equal(named('ArrowRight', 'notes, A to B, read'), 'notes, A to B, insert: failed');
    assert.equal(named('ArrowLeft', 'notes, A to B, read'), undefined);
    assert.equal(named('ArrowUp', 'notes, A to A, read'), undefined);
    assert.equal(named('ArrowDown', 'notes, signed out, delete'), 'countries, everybody, delete: passed');
    assert.equal(named('x', 'notes, A to A, read'), undefined);
    assert.equal(cellByKey(rows, 'no such cell', 'ArrowDown'), undefined);
  });

  it('lead to the nearest cell of a row that has fewer', () => {
    assert.equal(named('ArrowDown', 'countries, everybody, delete'), '/api/my-notes, A to A, read: passed');
    assert.equal(named('ArrowUp', '/api/my-notes, A to A'), 'countries, everybody, read: passed');
  });

  it('lead to both ends of the row and of the matrix', () => {
    assert.equal(named('End', 'notes, A to B, insert'), 'notes, A to B, delete: passed');
    assert.equal(named('Home', 'notes, A to B, insert'), 'notes, A to B, read: passed');
    assert.equal(named('Home', 'notes, A to B, insert', true), 'notes, A to A, read: passed');
    assert.equal(named('End', 'notes, A to B, insert', true), '/api/my-notes, signed out, read: passed');
  });
});
