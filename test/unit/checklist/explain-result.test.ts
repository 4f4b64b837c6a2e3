import assert from 'node:assert/strict';
import { decisiveEvidence, explainResult } from '../../../src/checklist/explain-result';
import { explanationJson, explanationMarkdown, explanationText } from '../../../src/checklist/explain-report';
import { CHECK_FACTS, type CheckId, type CheckResult, type Evidence } from '../../../src/checklist/verdict';
import { modelFromStatements } from '../../../src/schema/from-statements';
import { GUIDE_SQL } from '../../support/guide-sql';
import { parseAll } from '../../support/sql';

function evidence(more: Partial<Evidence>): Evidence {
  return {
    method: 'GET',
    path: '/notes',
    as: 'ann',
    body: '',
    headers: [],
    expected: '',
    status: 200,
    code: null,
    answer: '1 row',
    control: false,
    milliseconds: 1,
    ...more,
  };
}

function result(check: CheckId, more: Partial<CheckResult>): CheckResult {
  const { verb, actor } = CHECK_FACTS[check];
  return {
    table: 'notes',
    check,
    verb,
    actor,
    verdict: 'fail',
    cause: 'policy',
    message: 'ann reads the row of bob.',
    advice: 'Tie the SELECT policy to the subject.',
    evidence: [evidence({})],
    ...more,
  };
}

const refusedInsert = evidence({
  method: 'POST',
  status: 403,
  code: '42501',
  answer: 'new row violates row-level security policy for table "notes"',
  headers: ['Prefer: return=minimal'],
  body: '{"owner_id":"ann"}',
  control: true,
});

describe('explaining a result of the checklist', () => {
  const OPEN = `${GUIDE_SQL}create policy everybody on notes for select using (true);`;

  it('begins with what the run found out, at its place in the SQL', async () => {
    const model = modelFromStatements(await parseAll(OPEN), { engine: 'v2_shared' });
    const explained = explainResult(result('cross-read', {}), { engine: 'v2_shared', model });
    const [first] = explained.causes;
    assert.deepEqual(
      [first?.id, first?.title, first?.fix, first?.certainty, first?.place?.name],
      [
        'policy',
        'ann reads the row of bob.',
        'Tie the SELECT policy to the subject.',
        'certain',
        'everybody',
      ],
    );
    assert.equal(explained.layer, 'none');
  });

  it('goes on with what the decisive answer can mean', async () => {
    const sql = GUIDE_SQL.replace(/create policy notes_owner_insert.*\n/, '');
    const model = modelFromStatements(await parseAll(sql), { engine: 'v2_shared' });
    const of = result('forged-insert', {
      verdict: 'unknown',
      message: 'Cannot tell. A policy refuses the row.',
      evidence: [evidence({}), refusedInsert],
    });
    const explained = explainResult(of, { engine: 'v2_shared', model });
    assert.equal(explained.layer, 'policy');
    assert.deepEqual(
      explained.causes.slice(0, 2).map(({ id, certainty, place }) => [id, certainty, place?.name]),
      [
        ['policy', 'likely', 'notes'],
        ['no-policy', 'likely', 'notes'],
      ],
    );
    // The body shows the subject as the owner, which speaks against a forged one.
    const forged = explained.causes.find(({ id }) => id === 'forged-owner');
    assert.match(forged?.why ?? '', /speaks against it/);
    assert.ok(!explained.causes.some(({ id }) => id === 'no-select-policy'));
  });

  it('says of a pass why it is one, and which control proves it', () => {
    const own = evidence({ path: '/notes?id=eq.1', expected: '200, 1 row', control: true });
    const probe = evidence({ path: '/notes?id=eq.2', expected: '200, no rows', answer: '0 rows' });
    const passed = {
      verdict: 'pass',
      cause: null,
      advice: '',
      message: 'Neither sees the other’s.',
    } as const;
    const explained = explainResult(result('cross-read', { ...passed, evidence: [probe, own] }));
    assert.deepEqual([explained.summary, explained.causes], ['Neither sees the other’s.', []]);
    assert.equal(
      explained.proof,
      'GET /notes?id=eq.2 as ann was answered 200 (0 rows), and that check wants 200, no rows. It means something because the control holds: GET /notes?id=eq.1 as ann was answered 200 (1 row), so such a request is not refused to everybody.',
    );
    const page = explanationMarkdown(explained);
    assert.ok(page.includes(explained.proof ?? ''), page.join('\n'));

    const refused = evidence({ expected: '200, 1 row', status: 403, code: '42501', control: true });
    assert.match(
      explainResult(result('cross-read', { ...passed, evidence: [probe, refused] })).proof ?? '',
      /The same is refused where it might have worked: .* 403 42501 \(1 row\), so nobody gets in\.$/,
    );
    const away = evidence({
      as: 'nobody',
      expected: '401, refused',
      status: 401,
      answer: 'authorization required',
    });
    assert.match(
      explainResult(result('signed-out', { ...passed, evidence: [away, refused] })).proof ?? '',
      /because a token gets further: /,
    );
    assert.match(
      explainResult(result('signed-out', { ...passed, evidence: [] })).proof ?? '',
      /no request was needed/,
    );
  });

  it('explains what was never asked by the result alone', () => {
    const explained = explainResult(
      result('read-own', {
        verdict: 'skipped',
        cause: 'cancelled',
        message: 'Not asked.',
        advice: '',
        evidence: [],
      }),
    );
    assert.equal(explained.answeredBy, 'No request was answered for this.');
    assert.deepEqual(
      explained.causes.map(({ id, title, fix, certainty }) => [id, title, fix, certainty]),
      [['cancelled', 'Not asked.', 'Run the checklist again.', 'certain']],
    );
  });

  it('takes the refused control of what cannot be told, and the probe of what failed', () => {
    const probe = evidence({ path: '/notes?id=eq.1' });
    const control = evidence({ control: true });
    assert.equal(decisiveEvidence(result('cross-read', { evidence: [control, probe] })), probe);
    const unknown = result('cross-read', { verdict: 'unknown', evidence: [probe, control, refusedInsert] });
    assert.equal(decisiveEvidence(unknown), refusedInsert);
  });

  it('knows a run’s timeout and a host that is away', () => {
    for (const [answer, id] of [
      ['no answer within 12 s', 'timeout'],
      ['ECONNREFUSED', 'gateway-unreachable'],
    ] as const) {
      const of = result('read-own', {
        verdict: 'unknown',
        cause: id,
        evidence: [evidence({ status: null, answer, control: true })],
      });
      const explained = explainResult(of);
      assert.deepEqual([explained.answeredBy, explained.causes[0]?.id], ['No answer came.', id]);
    }
  });
});

describe('an explanation on paper', () => {
  const explained = explainResult(
    result('forged-insert', {
      verdict: 'unknown',
      evidence: [refusedInsert],
      message: 'A <b>policy</b> refuses *it*.',
    }),
    { engine: 'v2_shared' },
  );

  it('shows a text as it is in Markdown, and a statement as code', () => {
    const page = explanationMarkdown(explained).join('\n');
    assert.ok(page.includes('A \\<b\\>policy\\</b\\> refuses \\*it\\*.'), page);
    assert.match(page, /\*\*Confirm:\*\* `select policyname, .*;`/);
  });

  it('says the same in a terminal and as JSON', () => {
    assert.match(explanationText(explained), /^1\. A <b>policy<\/b> refuses \*it\*\. \(likely\)$/m);
    const json = JSON.parse(explanationJson(explained)) as { version: number; causes: { id: string }[] };
    assert.deepEqual(
      json.causes.map(({ id }) => id),
      explained.causes.map(({ id }) => id),
    );
  });
});
