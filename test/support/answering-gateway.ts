import type { Fetch } from '../../src/checklist/gateway-client';

/** What a request of the checklist is about, as a gateway sees it. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Undefined without a token. */
  readonly subject: string | undefined;
  readonly body: string;
}

/** An answer by what was received; undefined where no connection comes about. */
export type Answering = (received: Received) => Response | undefined;

const POSTGREST = { server: 'postgrest/12.0.2', 'content-type': 'application/json; charset=utf-8' };

function json(status: number, body: unknown, headers: Record<string, string> = POSTGREST): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

function sql(status: number, code: string, message: string, details: string | null = null): Answering {
  return () => json(status, { code, message, details, hint: null });
}

/** The gateway of v2, in its own words. */
function gateway(status: number, error: string): Answering {
  return () => json(status, { error }, { 'content-type': 'application/json' });
}

/** Rows of the one who asks: of nobody else, where others are asked for. */
const own: Answering = ({ method, path, subject = 'nobody' }) => {
  if (method === 'POST') return new Response(null, { status: 201, headers: POSTGREST });
  if (method !== 'GET')
    return new Response(null, { status: 204, headers: { ...POSTGREST, 'content-range': '*/1' } });
  const rows = path.includes('isdistinct') ? [] : [row(subject)];
  return json(200, rows, { ...POSTGREST, 'content-range': rows.length === 0 ? '*/0' : '0-0/1' });
};

const row = (owner: string): object => ({
  id: '11111111-1111-4111-8111-111111111111',
  owner_id: owner,
  note_id: '11111111-1111-4111-8111-111111111111',
  body: 'x',
  code: 'de',
  name: 'Germany',
});

/** Every form of answer that the checklist knows how to read, by name. */
export const ANSWERS = {
  own,
  'rows of others': received => (received.method === 'GET' ? json(200, [row('carl')]) : own(received)),
  'rows of nobody': received =>
    received.method === 'GET' ? json(200, [{ ...row(''), owner_id: null }]) : own(received),
  nothing: ({ method }) =>
    method === 'GET'
      ? json(200, [], { ...POSTGREST, 'content-range': '*/0' })
      : new Response(null, {
          status: method === 'POST' ? 201 : 204,
          headers: { ...POSTGREST, 'content-range': '*/0' },
        }),
  policy: sql(403, '42501', 'new row violates row-level security policy for table "notes"'),
  'policy of an upsert': sql(
    403,
    '42501',
    'new row violates row-level security policy (USING expression) for table "notes"',
  ),
  privilege: sql(403, '42501', 'permission denied for table notes'),
  'privilege of anon': sql(401, '42501', 'permission denied for table notes'),
  usage: sql(403, '42501', 'permission denied for schema t_1a2b3c4d5e6f_api'),
  sequence: sql(403, '42501', 'permission denied for sequence notes_id_seq'),
  function: sql(403, '42501', 'permission denied for function mine'),
  recursion: sql(500, '42P17', 'infinite recursion detected in policy for relation "notes"'),
  'no table': sql(404, '42P01', 'relation "t_1a2b3c4d5e6f_api.notes" does not exist'),
  'no column': sql(400, '42703', 'column notes.nope does not exist'),
  'unknown column': sql(400, 'PGRST204', "Column 'nope' of relation 'notes' does not exist"),
  'another schema': sql(406, 'PGRST106', 'The schema must be one of the following: api'),
  'not cached': () => json(404, {}),
  'NULL under row security': sql(400, '23502', 'null value in column "body" violates not-null constraint'),
  'NULL in the open': sql(
    400,
    '23502',
    'null value in column "body" violates not-null constraint',
    'Failing row contains (1, ann, null).',
  ),
  'no parent': sql(409, '23503', 'insert or update on table "notes" violates foreign key constraint "fk"'),
  taken: sql(409, '23505', 'duplicate key value violates unique constraint "notes_pkey"'),
  'a CHECK': sql(400, '23514', 'new row for relation "notes" violates check constraint "body_check"'),
  'the subject as uuid': sql(400, '22P02', 'invalid input syntax for type uuid: "ann"'),
  'the cast': sql(400, '22P02', 'invalid input syntax for type uuid: "x"'),
  'no rows for one': sql(
    406,
    'PGRST116',
    'JSON object requested, multiple (or no) rows returned',
    'The result contains 0 rows',
  ),
  'two rows for one': sql(
    406,
    'PGRST116',
    'JSON object requested, multiple (or no) rows returned',
    'The result contains 2 rows',
  ),
  'three rows for one': sql(
    406,
    'PGRST116',
    'JSON object requested, multiple (or no) rows returned',
    'The result contains 3 rows',
  ),
  'no token': gateway(401, 'authorization required'),
  'a refused token': gateway(401, 'invalid or expired token'),
  'an expired token': sql(401, 'PGRST301', 'JWT expired'),
  'another secret': sql(401, 'PGRST301', 'JWSError JWSInvalidSignature'),
  'a claim that is no URI': sql(401, 'PGRST302', 'The JWT sub claim is no StringOrURI'),
  'no project': gateway(404, 'tenant not found'),
  'too many requests': gateway(429, 'rate limit exceeded'),
  'upstream error': gateway(502, 'upstream error'),
  asleep: gateway(503, 'project is dormant'),
  'upstream timeout': gateway(504, 'upstream timeout'),
  'an error of SQL': sql(400, '22012', 'division by zero'),
  'HTML with 200': () =>
    new Response('<html></html>', { status: 200, headers: { 'content-type': 'text/html' } }),
  'HTML with 502': () =>
    new Response('<html></html>', { status: 502, headers: { 'content-type': 'text/html' } }),
  'an empty 200': () => new Response('', { status: 200, headers: POSTGREST }),
  'no connection': () => undefined,
} as const satisfies Record<string, Answering>;

/** A gateway that answers so, which no request leaves the process for. */
export function answering(answer: Answering): Fetch {
  return (url, { method = 'GET', headers, body }) => {
    const token = /^Bearer (.*)$/.exec(new Headers(headers).get('authorization') ?? '')?.[1];
    const { pathname, search } = new URL(url);
    const response = answer({
      method,
      path: `${pathname}${search}`,
      subject: token === undefined ? undefined : subjectIn(token),
      body: typeof body === 'string' ? body : '',
    });
    return response
      ? Promise.resolve(response)
      : Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
  };
}

function subjectIn(token: string): string {
  const [, claims = ''] = token.split('.');
  try {
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub?: string };
    return sub ?? 'nobody';
  } catch {
    return 'nobody';
  }
}
