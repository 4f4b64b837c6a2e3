import assert from 'node:assert/strict';
import { matrixOf } from '../../../src/checklist/matrix';
import { resultOf, richReport } from '../../support/checklist-report';

const shown = (results: Parameters<typeof matrixOf>[0]): string[] =>
  matrixOf(results).map(({ table, actor, cells }) =>
    [table, actor, ...Object.values(cells).map(({ verdict }) => verdict ?? '')].join(' | '),
  );

describe('the matrix of results', () => {
  it('has a row for each actor of a table, tables as they come, actors in their own order', () => {
    assert.deepEqual(shown(richReport().results), [
      'notes | own | pass |  |  | unknown',
      'notes | other | fail | fail |  | ',
      'notes | none | pass |  |  | ',
      'countries | all |  | pass |  | skipped',
      'GET /api/my-notes | own | pass |  |  | ',
    ]);
  });

  it('keeps the results of a table together that come between those of another', () => {
    const results = [
      resultOf('b', 'read-own', 'pass'),
      resultOf('a', 'read-own', 'pass'),
      resultOf('b', 'insert-own', 'fail'),
    ];
    assert.deepEqual(shown(results), ['b | own | pass | fail |  | ', 'a | own | pass |  |  | ']);
  });

  it('shows the worst of a cell, with all its results', () => {
    const results = [
      resultOf('notes', 'signed-out', 'pass'),
      resultOf('notes', 'expired-token', 'unknown'),
      resultOf('notes', 'alg-none', 'skipped'),
    ];
    const [row] = matrixOf(results);
    assert.equal(row?.cells.read.verdict, 'unknown');
    assert.deepEqual(row.cells.read.results, results);
    assert.deepEqual(row.cells.insert, { verdict: undefined, results: [] });
  });

  it('is empty without results', () => {
    assert.deepEqual(matrixOf([]), []);
  });
});
