import assert from 'node:assert/strict';
import { readAnswer } from '../../../src/checklist/answer';
import { diagnose, isPolicyRefusal } from '../../../src/checklist/diagnose';
import { makeOwnedRow } from '../../../src/checklist/make-row';
import { CannotRun, runChecklist } from '../../../src/checklist/run';
import { planByHand } from '../../../src/checklist/plan';
import type { PlannedColumn, TablePlan } from '../../../src/checklist/table-plan';
import type { ChecklistReport } from '../../../src/checklist/verdict';
import { Secret } from '../../../src/flux/secret';

const POSTGREST = { server: 'postgrest/12.0.2', 'content-type': 'application/json; charset=utf-8' };
const SECRET = 'a-project-secret-of-more-than-32-bytes';

/** One answer as it was seen on a wire, and the cause that has to be read from it. */
async function causeOf(
  status: number,
  body: string,
  headers: Record<string, string> = POSTGREST,
): Promise<string | undefined> {
  const answer = await readAnswer(new Response(status === 204 ? null : body, { status, headers }));
  return diagnose(answer, { table: 'notes', verb: 'INSERT', subject: 'ann', owner: 'owner_id' })?.cause;
}
const sql = (code: string, message: string): string =>
  JSON.stringify({ code, details: null, hint: null, message });

describe('reading an answer', () => {
  const cases: [
    name: string,
    status: number,
    body: string,
    cause: string | undefined,
    headers?: Record<string, string>,
  ][] = [
    ['rows', 200, '[]', undefined],
    ['a row written', 201, '', undefined],
    [
      'a refused token (v2)',
      401,
      '{"error":"invalid or expired token"}',
      'wrong-secret',
      { 'content-type': 'application/json' },
    ],
    ['a refused signature (v1)', 401, sql('PGRST301', 'JWSError JWSInvalidSignature'), 'wrong-secret'],
    ['an expired token (v1)', 401, sql('PGRST301', 'JWT expired'), 'expired-token'],
    [
      'an unreadable subject',
      401,
      sql('PGRST301', 'JWTClaimsSetDecodeError "Error in $.sub: failed to parse StringOrURI"'),
      'token-refused',
    ],
    ['anon refused on v1: SQL ran', 401, sql('42501', 'permission denied for table notes'), 'missing-grant'],
    ['a missing table grant', 403, sql('42501', 'permission denied for table notes'), 'missing-grant'],
    ['a missing schema grant', 403, sql('42501', 'permission denied for schema api'), 'missing-schema-usage'],
    [
      'a missing sequence grant',
      403,
      sql('42501', 'permission denied for sequence notes_id_seq'),
      'missing-sequence-grant',
    ],
    [
      'a missing function grant',
      403,
      sql('42501', 'permission denied for function uid'),
      'missing-function-grant',
    ],
    ['a policy', 403, sql('42501', 'new row violates row-level security policy for table "notes"'), 'policy'],
    [
      'a policy, upserting',
      403,
      sql('42501', 'new row violates row-level security policy (USING expression) for table "notes"'),
      'policy',
    ],
    ['a missing table', 404, sql('42P01', 'relation "api.notes" does not exist'), 'table-not-found'],
    ['a stale schema cache', 404, '{}', 'stale-schema-cache'],
    [
      'a schema that is not served',
      406,
      sql('PGRST106', 'The schema must be one of the following: api'),
      'wrong-schema',
    ],
    [
      'a missing column',
      400,
      sql('PGRST204', "Column 'nope' of relation 'notes' does not exist"),
      'column-missing',
    ],
    [
      'the subject compared as uuid',
      400,
      sql('22P02', 'invalid input syntax for type uuid: "ann"'),
      'owner-type',
    ],
    [
      'another value that is no uuid',
      400,
      sql('22P02', 'invalid input syntax for type uuid: "x"'),
      'gateway-error',
    ],
    [
      'recursion (12.0)',
      400,
      sql('42P17', 'infinite recursion detected in policy for relation "notes"'),
      'policy-recursion',
    ],
    [
      'recursion (12.2)',
      500,
      sql('42P17', 'infinite recursion detected in policy for relation "notes"'),
      'policy-recursion',
    ],
    ['a constraint', 400, sql('23514', 'new row violates check constraint'), 'row-not-made'],
    [
      'the rate limit',
      429,
      '{"error":"rate limit exceeded"}',
      'rate-limited',
      { 'content-type': 'application/json' },
    ],
    [
      'an unknown host',
      404,
      '{"error":"tenant not found"}',
      'not-flux',
      { 'content-type': 'application/json' },
    ],
    [
      'a gateway without PostgREST',
      502,
      '{"error":"upstream error"}',
      'gateway-error',
      { 'content-type': 'application/json' },
    ],
    [
      'a gateway time-out',
      504,
      '{"error":"upstream timeout"}',
      'gateway-error',
      { 'content-type': 'application/json' },
    ],
    ['a web page', 404, '<html>', 'not-flux', { 'content-type': 'text/html' }],
    ['a proxy', 502, '<html>bad gateway</html>', 'not-flux', { 'content-type': 'text/html' }],
  ];
  for (const [name, status, body, cause, headers] of cases) {
    it(`${name} → ${cause ?? 'no refusal'}`, async () => {
      assert.equal(await causeOf(status, body, headers), cause);
    });
  }

  it('recognizes PostgREST by the shape of its body where a proxy took its name away', async () => {
    const answer = await readAnswer(
      new Response(sql('42501', 'permission denied for table notes'), { status: 403 }),
    );
    assert.equal(answer.by, 'postgrest');
    assert.equal(isPolicyRefusal(answer), false);
  });

  it('calls a token expired by the server’s clock', async () => {
    const headers = { 'content-type': 'application/json', date: new Date(2_000_000_000_000).toUTCString() };
    const answer = await readAnswer(
      new Response('{"error":"invalid or expired token"}', { status: 401, headers }),
    );
    const asked = { table: 'notes', verb: 'SELECT', subject: 'ann' } as const;
    assert.equal(diagnose(answer, { ...asked, tokenExpiry: 1_999_999_000 })?.cause, 'expired-token');
    assert.equal(diagnose(answer, { ...asked, tokenExpiry: 2_000_000_300 })?.cause, 'wrong-secret');
  });
});

describe('making a row', () => {
  const column = (name: string, type: string, more: Partial<PlannedColumn> = {}): PlannedColumn => ({
    name,
    type,
    notNull: true,
    required: true,
    primaryKey: false,
    generated: 'no',
    insertable: true,
    updatable: true,
    ...more,
  });
  const plan = (...columns: PlannedColumn[]): TablePlan => ({
    ...planByHand('notes', 'owner_id'),
    columns,
  });

  it('sends what has to be sent, and nothing else', () => {
    const row = makeOwnedRow(
      plan(
        column('id', 'uuid', { primaryKey: true, required: false }),
        column('owner_id', 'text'),
        column('body', 'text'),
        column('at', 'timestamptz', { required: false }),
      ),
      'ann',
      'mark',
    );
    assert.ok('values' in row);
    assert.deepEqual(Object.keys(row.values).sort(), ['body', 'id', 'owner_id']);
    assert.equal(row.values.body, 'mark');
    assert.deepEqual(row.key, { column: 'id', value: row.values.id });
  });

  it('finds a row by a text that only it has, or not at all', () => {
    const marked = makeOwnedRow(
      plan(
        column('id', 'int4', { primaryKey: true, generated: 'default', required: false }),
        column('body', 'text'),
      ),
      'ann',
      'mark',
    );
    assert.deepEqual('key' in marked && marked.key, { column: 'body', value: 'mark' });
    const nameless = makeOwnedRow(
      plan(column('id', 'int4', { generated: 'default', required: false }), column('n', 'int4')),
      'ann',
      'mark',
    );
    assert.equal('key' in nameless && nameless.key, undefined);
  });

  it('says which column stands in the way', () => {
    assert.deepEqual(makeOwnedRow(plan(column('area', 'polygon')), 'ann', 'm'), {
      column: 'area',
      reason: 'its type is polygon',
    });
    assert.deepEqual(
      makeOwnedRow(
        plan(column('list_id', 'uuid', { references: { table: 'lists', column: 'id' } })),
        'ann',
        'm',
      ),
      {
        column: 'list_id',
        reason: 'it points at a row of another table',
      },
    );
  });
});

describe('a gateway that is none', () => {
  const run = (fetch: () => Promise<Response>): Promise<ChecklistReport> =>
    runChecklist({
      gatewayUrl: 'http://127.0.0.1:9',
      secret: new Secret(SECRET),
      plan: { tables: [planByHand('notes', 'owner_id')], notChecked: [] },
      mode: 'full',
      subjects: ['a', 'b'],
      fetch,
      now: () => 0,
    });

  it('is told in one sentence, before anything is written', async () => {
    await assert.rejects(
      run(() => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))),
      (error: unknown) => {
        assert.ok(error instanceof CannotRun);
        assert.equal(
          error.message,
          'http://127.0.0.1:9: The gateway cannot be reached (ECONNREFUSED). Check the gateway URL, and that the project is running.',
        );
        return true;
      },
    );
    for (const response of [
      new Response('<html>', { status: 200 }),
      new Response('<html>', { status: 404 }),
      new Response('{"hello":1}', { status: 200 }),
      Response.redirect('http://127.0.0.1:9/login', 302),
    ]) {
      await assert.rejects(
        run(() => Promise.resolve(response.clone())),
        /neither the Flux gateway nor PostgREST/,
      );
    }
    await assert.rejects(
      run(() => Promise.resolve(Response.json({ error: 'tenant not found' }, { status: 404 }))),
      /knows no project under this address/,
    );
  });

  it('needs two subjects', async () => {
    const same = runChecklist({
      gatewayUrl: 'http://127.0.0.1:9',
      secret: new Secret(SECRET),
      plan: { tables: [planByHand('n', 'o')], notChecked: [] },
      mode: 'full',
      subjects: ['a', 'a'],
      fetch: () => Promise.reject(new Error('asked')),
      now: () => 0,
    });
    await assert.rejects(same, /two different subjects/);
  });
});
