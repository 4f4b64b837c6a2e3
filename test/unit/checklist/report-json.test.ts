import assert from 'node:assert/strict';
import { jsonReport } from '../../../src/checklist/report';
import type { ChecklistReport } from '../../../src/checklist/verdict';
import {
  evidenceOf,
  HOSTILE,
  jsonReportObjections,
  resultOf,
  richReport,
} from '../../support/checklist-report';

const placeOf = (result: { readonly check: string }): { file: string; line: number } | undefined =>
  result.check === 'forged-insert' ? { file: 'sql/1.sql', line: 24 } : undefined;

describe('the report as JSON', () => {
  it('holds to the schema of version 2', () => {
    assert.deepEqual(jsonReportObjections(jsonReport(richReport(), { placeOf })), []);
    assert.deepEqual(
      jsonReportObjections(jsonReport(richReport({ results: [], waits: [], cancelled: true }))),
      [],
    );
    assert.deepEqual(jsonReportObjections(jsonReport(richReport()).replace('"version": 2', '"version": 3')), [
      '/version must be equal to constant',
    ]);
  });

  it('is this for one check', () => {
    const report = richReport({ results: richReport().results.slice(2, 3), notChecked: [], waits: [] });
    assert.deepEqual(JSON.parse(jsonReport(report, { placeOf })), {
      version: 2,
      runId: '1a2b3c4d',
      url: 'http://127.0.0.1:54321',
      engine: 'v2_shared',
      mode: 'full',
      subjects: ['ann', 'bob'],
      started: '2026-03-04T12:04:05.000Z',
      seconds: 3.14,
      requestSeconds: 9.4,
      requests: 5,
      cancelled: false,
      summary: { pass: 0, fail: 1, unknown: 0, skipped: 0 },
      results: [
        {
          table: 'notes',
          check: 'forged-insert',
          through: null,
          verb: 'insert',
          actor: 'other',
          verdict: 'fail',
          cause: 'policy',
          message: 'Accepted.',
          advice: 'Tie owner_id to the subject.',
          evidence: [
            {
              method: 'POST',
              path: '/notes',
              as: 'ann',
              body: '',
              headers: [],
              expected: '',
              status: 201,
              code: null,
              answer: 'no body',
              control: true,
              milliseconds: 12.5,
            },
            {
              method: 'POST',
              path: '/notes',
              as: 'ann',
              body: '{"owner_id":"bob","title":"…"}',
              headers: ['Prefer: return=minimal'],
              expected: '403 with 42501',
              status: 201,
              code: null,
              answer: 'no body',
              control: false,
              milliseconds: 12.5,
            },
          ],
          place: { file: 'sql/1.sql', line: 24 },
        },
      ],
      notChecked: [],
      rows: {
        created: 3,
        removed: 2,
        byTable: [{ table: 'notes', created: 3, removed: 2 }],
        left: [{ table: 'notes', key: 'id=1', owner: 'bob', reason: 'no policy lets its owner delete it' }],
      },
      waits: [],
    });
  });

  it('tells nothing that was not decided to be told', () => {
    const more = { token: 'one', rows: [{ title: 'private' }] };
    const result = {
      ...resultOf('notes', 'read-own', 'pass'),
      ...more,
      evidence: [{ ...evidenceOf(), ...more }],
    };
    const report = {
      ...richReport({ results: [result] }),
      ...more,
      rows: richReport().rows,
    } as ChecklistReport;
    assert.deepEqual(jsonReportObjections(jsonReport(report)), []);
  });

  it('gives hostile texts back to the letter, and nothing that a terminal obeys', () => {
    const json = jsonReport(richReport());
    const { results } = JSON.parse(json) as { results: { message: string }[] };
    assert.ok(results.some(({ message }) => message === HOSTILE));
    assert.doesNotMatch(json, /(?!\n)\p{Cc}/u);
  });
});
