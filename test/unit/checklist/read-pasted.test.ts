import assert from 'node:assert/strict';
import { readPasted, type PastedAnswer } from '../../../src/checklist/read-pasted';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
const ERROR = { code: '42501', details: null, hint: null, message: 'permission denied for table notes' };
const JSON_ERROR = JSON.stringify(ERROR);

interface Case {
  readonly about: string;
  readonly text: string;
  readonly is: Partial<PastedAnswer>;
  readonly request?: PastedAnswer['request'];
}

const CASES: readonly Case[] = [
  {
    about: 'curl -i over HTTP/1.1',
    text: `HTTP/1.1 403 Forbidden\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nServer: postgrest/12.0.2\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${JSON_ERROR}`,
    is: {
      status: 403,
      by: 'postgrest',
      code: '42501',
      details: null,
      message: ERROR.message,
      date: 1795435200,
      body: 'object',
    },
  },
  {
    about: 'curl -i over HTTP/2, which has no reason phrase',
    text: `HTTP/2 401 \ncontent-type: application/json\n\n{"error":"authorization required"}`,
    is: { status: 401, by: 'gateway', message: 'authorization required' },
  },
  {
    about: 'the last of several responses',
    text: `HTTP/1.1 100 Continue\n\nHTTP/1.1 301 Moved\nlocation: https://x\n\nHTTP/1.1 200 OK\nserver: postgrest/12.0.2\ncontent-range: 0-1/2\n\n[{"id":1},{"id":2}]`,
    is: { status: 200, rows: 2, total: 2, body: 'rows', by: 'postgrest' },
  },
  {
    about: 'curl -v',
    text: `* Connected\n> GET /notes?select=id HTTP/1.1\n> Host: x.io\n> Authorization: Bearer ${TOKEN}\n>\n< HTTP/1.1 200 OK\n< server: postgrest/12.0.2\n< content-range: */*\n<\n[]`,
    is: { status: 200, rows: 0, droppedSecret: true },
    request: { method: 'GET', path: '/notes?select=id', table: 'notes', verb: 'read', hasToken: true },
  },
  {
    about: 'an empty 204',
    text: 'PATCH /notes?id=eq.1\nHTTP/1.1 204 No Content\ncontent-range: */0\n',
    is: { status: 204, total: 0, body: 'none' },
  },
  { about: 'a status line alone', text: '403 Forbidden', is: { status: 403, body: 'unknown' } },
  { about: 'a status line with its protocol', text: 'HTTP/2 504', is: { status: 504 } },
  { about: 'JSON alone', text: JSON_ERROR, is: { code: '42501', by: 'postgrest', message: ERROR.message } },
  { about: 'no rows alone', text: '[]', is: { rows: 0, body: 'rows' } },
  { about: 'the empty object', text: '404 Not Found\n{}', is: { status: 404, body: 'empty object' } },
  {
    about: 'an error of supabase-js',
    text: JSON.stringify({ error: ERROR, data: null, status: 403, statusText: 'Forbidden' }),
    is: { status: 403, code: '42501' },
  },
  {
    about: 'rows of supabase-js',
    text: JSON.stringify({ error: null, data: [], status: 200, statusText: 'OK' }),
    is: { status: 200, rows: 0, body: 'rows' },
  },
  {
    about: 'a PostgrestError as a console prints it',
    text: "{\n  code: '42501',\n  details: null,\n  hint: null,\n  message: 'permission denied for table notes'\n}",
    is: { code: '42501', details: null, message: ERROR.message },
  },
  {
    about: 'a PostgrestError with its stack',
    text: 'PostgrestError: new row violates row-level security policy for table "notes"\n    at x (/app/a.js:1:2) {\n  code: \'42501\',\n  details: null,\n  hint: null\n}',
    is: { code: '42501', message: 'new row violates row-level security policy for table "notes"' },
  },
  {
    about: 'an error of axios',
    text: `AxiosError: Request failed with status code 403\n${JSON.stringify({ code: 'ERR_BAD_REQUEST', response: { status: 403, data: ERROR } })}`,
    is: { status: 403, code: '42501', message: ERROR.message },
  },
  {
    about: 'a message alone',
    text: 'Error: infinite recursion detected in policy for relation "notes"',
    is: { code: '42P17', codeIsGuessed: true, by: 'postgrest' },
  },
  {
    about: 'psql',
    text: 'ERROR:  42501: permission denied for table notes',
    is: { code: '42501', message: 'permission denied for table notes' },
  },
  { about: 'a code alone', text: 'PGRST116', is: { code: 'PGRST116' } },
  {
    about: 'a gateway’s words alone',
    text: 'invalid or expired token',
    is: { by: 'gateway', message: 'invalid or expired token' },
  },
  {
    about: 'the guide’s route',
    text: 'HTTP/1.1 401 Unauthorized\ncontent-type: application/json\n\n{"error":"unauthorized"}',
    is: { by: 'app', status: 401 },
  },
  {
    about: 'HTML',
    text: 'HTTP/1.1 502 Bad Gateway\nserver: nginx\n\n<html><head><title>502 Bad Gateway</title></head></html>',
    is: { status: 502, by: 'other', body: 'html', message: '502 Bad Gateway' },
  },
  {
    about: 'a log line of a browser',
    text: 'POST https://x.io/notes 403 (Forbidden)',
    is: { status: 403 },
    request: { method: 'POST', path: '/notes', table: 'notes', verb: 'insert' },
  },
  {
    about: 'the developer tools’ list',
    text: 'Request URL: https://x.io/rest/v1/notes?select=*\nRequest Method: DELETE\nStatus Code: 204 No Content',
    is: { status: 204 },
    request: { method: 'DELETE', path: '/rest/v1/notes?select=*', table: 'notes', verb: 'delete' },
  },
  {
    about: 'CORS',
    text: "Access to fetch at 'https://x.io/notes' from origin 'http://localhost:3000' has been blocked by CORS policy",
    is: { noAnswer: 'cors' },
  },
  {
    about: 'a refused connection',
    text: 'TypeError: fetch failed\n  [cause]: Error: connect ECONNREFUSED 127.0.0.1:54321',
    is: { noAnswer: 'unreachable' },
  },
  {
    about: 'a timeout',
    text: 'curl: (28) Operation timed out after 12000 milliseconds',
    is: { noAnswer: 'timeout' },
  },
  {
    about: 'the curl command before its answer',
    text: `curl -i -X POST 'https://x.io/notes?select=id' -H 'Prefer: return=representation' -H 'apikey: abcdefghijkl' -d '{"owner_id":"bob","body":"x"}'\nHTTP/1.1 403 Forbidden\n\n${JSON_ERROR}`,
    is: { status: 403, droppedSecret: true },
    request: {
      method: 'POST',
      path: '/notes?select=id',
      table: 'notes',
      verb: 'insert',
      hasToken: false,
      prefer: 'return=representation',
      row: { owner_id: 'bob', body: 'x' },
    },
  },
  {
    about: 'a call of a function',
    text: 'POST /rpc/insert_as\nHTTP/1.1 400 Bad Request\n\n{}',
    is: { status: 400 },
    request: { method: 'POST', path: '/rpc/insert_as', routine: 'insert_as' },
  },
  {
    about: 'a query of supabase-js',
    text: `await supabase.from('notes').insert({ body: 'x' })\n${JSON_ERROR}`,
    is: { code: '42501' },
    request: { table: 'notes', verb: 'insert' },
  },
];

function read(text: string): PastedAnswer {
  const answer = readPasted(text);
  assert.equal(answer.kind, 'answer', JSON.stringify(answer));
  return answer;
}

describe('reading what somebody pastes', () => {
  for (const { about, text, is, request } of CASES) {
    it(`reads ${about}`, () => {
      const answer = read(text);
      for (const [name, value] of Object.entries(is))
        assert.deepEqual(answer[name as keyof PastedAnswer], value, name);
      if (request) assert.deepEqual(answer.request, request);
    });
  }

  it('says what it is not told', () => {
    assert.deepEqual(read('{"error":"authorization required"}').unknown, [
      'the status',
      'the method',
      'the table',
    ]);
    assert.deepEqual(read('403 Forbidden').unknown, ['who answered', 'the method', 'the table']);
    assert.deepEqual(read(`GET /notes\nHTTP/1.1 403 X\nserver: postgrest/12\n\n${JSON_ERROR}`).unknown, []);
  });

  it('says of other texts that they are none', () => {
    for (const text of [
      '',
      '  \n ',
      'hello',
      'create table notes (id int);',
      'see line 403 of the file',
      '{"a":',
      'null',
      '{{{{',
      '\u0000',
    ])
      assert.equal(readPasted(text).kind, 'no answer', JSON.stringify(text));
  });

  it('keeps no secret', () => {
    const secrets = [
      `Authorization: Bearer ${TOKEN}`,
      `authorization: bearer ${TOKEN}`,
      `Authorization: Basic dXNlcjpodW50ZXIyIQ==`,
      `-H "Authorization: Bearer ${TOKEN}"`,
      `'Authorization': 'Bearer ${TOKEN}',`,
      `headers: { authorization: \`Bearer ${TOKEN}\` }`,
      `apikey: hunter2-hunter2`,
      `Cookie: authjs.session-token=hunter2; other=hunter2`,
      `set-cookie: session=hunter2; Path=/; HttpOnly`,
      `GET /notes?apikey=${TOKEN}`,
      `{"access_token":"hunter2","error":"x"}`,
      `postgres://me:hunter2@host/db`,
      `FLUX_GATEWAY_JWT_SECRET=hunter2hunter2`,
      `PASSWORD: "hunter2 and more hunter2"`,
    ];
    for (const secret of secrets)
      for (const text of [
        `${secret}\nHTTP/1.1 403 Forbidden\n${secret}\n\n${JSON_ERROR}`,
        `HTTP/1.1 403 Forbidden\nserver: postgrest/12\n\n{"code":"42501","message":"x ${secret.replaceAll('"', "'")}"}`,
        `${secret}\nError: permission denied for table notes ${secret}`,
      ]) {
        const kept = JSON.stringify(readPasted(text));
        assert.ok(!/hunter2|eyJ|c2lnbmF0|aHVudGVy|dXNlcjpo/.test(kept), kept);
        assert.match(kept, /"droppedSecret":true/, text);
      }
  });

  it('does not take words about tokens for tokens', () => {
    const text =
      'HTTP/1.1 401 Unauthorized\nserver: postgrest/12.0.2\nwww-authenticate: Bearer error="invalid_token"\n\n{"code":"PGRST301","message":"JWT expired","details":null,"hint":null}';
    const answer = read(text);
    assert.deepEqual([answer.droppedSecret, answer.code, answer.message], [false, 'PGRST301', 'JWT expired']);
    assert.equal(answer.request.hasToken, undefined);
  });

  it('never throws, and never takes long, whatever it is given', () => {
    const pieces = [
      'HTTP/1.1 ',
      '403',
      '\n',
      '{',
      '"code"',
      ':',
      '"42501"',
      '}',
      '[',
      ']',
      '<html>',
      "'",
      '\\',
      'curl ',
      '-d ',
      'Bearer ',
      'eyJ',
      '.',
      '\u2028',
      'a'.repeat(5000),
      '{'.repeat(500),
    ];
    for (const long of ['my-', 'function x(', 'is of type ', 'Status ', ' ', '"code":', 'a://b:', '{'])
      assert.ok(readPasted(long.repeat(100_000 / long.length)).kind);
    let seed = 7;
    const next = (): number => (seed = (seed * 16807) % 2147483647);
    for (let round = 0; round < 400; round += 1) {
      const text = Array.from({ length: next() % 30 }, () => pieces[next() % pieces.length]).join('');
      assert.ok(['answer', 'no answer'].includes(readPasted(text).kind));
    }
  });
});
