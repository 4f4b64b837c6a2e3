import assert from 'node:assert/strict';
import { planPage } from '../../../src/editor/checklist/plan-page';
import { answerInWords } from '../../../src/checklist/report/in-words';
import { decisive, textOf } from '../../../src/editor/checklist/result-text';
import type { CheckResult, Evidence } from '../../../src/checklist/verdict';

const FACTS = {
  gatewayUrl: 'http://127.0.0.1:3000',
  mode: 'full',
  subjects: ['ann', 'bob'],
  plan: { tables: [], notChecked: [{ table: 'audit_log', reason: 'no column holds the owner' }] },
} as const;

describe('the page of the requests', () => {
  it('lists every request by table, and what is left out', () => {
    const page = planPage(FACTS, [
      {
        table: 'notes',
        check: 'forged-insert',
        method: 'POST',
        path: '/notes?select=id|body',
        as: 'ann',
        body: '{"owner_id":"bob","body":"`x`"}',
        headers: ['Prefer: return=minimal'],
        expected: '403 42501',
      },
    ]);
    assert.match(page, /To `http:\/\/127\.0\.0\.1:3000` as A = `ann` and B = `bob`, in full mode/);
    assert.match(page, /1 request, not sent yet\./);
    const row = page.split('\n').find(line => line.includes('POST'))!;
    assert.equal(
      row,
      '| `ann` | `POST /notes?select=id\\|body`<br>`Prefer: return=minimal`<br>`` {"owner_id":"bob","body":"`x`"} `` | 403 42501 |',
    );
    assert.match(page, /## notes\n\n### An insert in another subject’s name is refused\n/);
    assert.match(page, /- audit\\_log: no column holds the owner/);
  });
});

const EVIDENCE: Evidence = {
  method: 'POST',
  path: '/notes',
  as: 'ann',
  body: '',
  headers: [],
  expected: '403',
  status: 201,
  code: null,
  answer: '',
  control: false,
  milliseconds: 1,
};

describe('a result in words', () => {
  const result = (more: Partial<CheckResult>): CheckResult => ({
    table: 'notes',
    check: 'forged-insert',
    verb: 'insert',
    actor: 'other',
    verdict: 'unknown',
    cause: 'timeout',
    message: 'Cannot tell. No answer.',
    advice: 'Try again.',
    evidence: [],
    ...more,
  });

  it('says once that it cannot tell', () => {
    assert.equal(textOf(result({})), 'Cannot tell: No answer. Try again.');
    assert.equal(textOf(result({ message: 'No answer.' })), 'Cannot tell: No answer. Try again.');
    assert.equal(
      textOf(result({ verdict: 'fail', message: 'Accepted.', advice: '', through: 'v' })),
      'v: Accepted.',
    );
  });

  it('is decided by the last request that is no control and expects something', () => {
    const control = { ...EVIDENCE, control: true };
    const look = { ...EVIDENCE, method: 'GET', expected: '' };
    assert.equal(decisive(result({ evidence: [control, EVIDENCE, look] })), EVIDENCE);
    assert.equal(decisive(result({ evidence: [control, look] })), look);
    assert.equal(decisive(result({ evidence: [control] })), undefined);
    assert.equal(
      answerInWords({ ...EVIDENCE, status: 403, code: '42501', answer: 'refused' }),
      '403 42501, refused',
    );
    assert.equal(answerInWords({ ...EVIDENCE, status: 201 }), '201');
    assert.equal(answerInWords({ ...EVIDENCE, status: null, answer: 'timeout' }), 'no answer: timeout');
  });
});
