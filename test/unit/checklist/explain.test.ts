import assert from 'node:assert/strict';
import {
  explain,
  type CauseId,
  type Certainty,
  type ExplainContext,
  type Layer,
} from '../../../src/checklist/explain';
import { readPasted, type PastedAnswer } from '../../../src/checklist/read-pasted';
import type { Engine } from '../../../src/flux/engine';
import { findRule } from '../../../src/lint/rules';
import { modelFromStatements } from '../../../src/schema/from-statements';
import type { SchemaModel } from '../../../src/schema/model';
import { GUIDE_SQL } from '../../support/guide-sql';
import { parseAll } from '../../support/sql';

function pasted(text: string): PastedAnswer {
  const answer = readPasted(text);
  assert.equal(answer.kind, 'answer', `read as ${JSON.stringify(answer)}`);
  return answer;
}

async function modelOf(sql: string, engine: Engine): Promise<SchemaModel> {
  return modelFromStatements(await parseAll(sql), { engine });
}

const POSTGREST = 'server: postgrest/12.0.2\ncontent-type: application/json; charset=utf-8';
const GATEWAY = 'content-type: application/json';

/** A transcript of PostgREST with an error body. */
const told = (status: number, code: string, message: string, details: string | null = null): string =>
  `HTTP/1.1 ${status} X\n${POSTGREST}\n\n${JSON.stringify({ code, details, hint: null, message })}`;
const refused = (status: number, error: string): string =>
  `HTTP/1.1 ${status} X\n${GATEWAY}\n\n${JSON.stringify({ error })}`;
const bare = (status: number, headers: string, body = ''): string =>
  `HTTP/1.1 ${status} X\n${headers}\n\n${body}`;

interface Row {
  readonly about: string;
  readonly text: string;
  readonly context?: ExplainContext;
  readonly layer: Layer;
  /** The first cause, and how sure it is. */
  readonly first: CauseId;
  readonly certainty: Certainty;
  /** Others that must be named too. */
  readonly also?: readonly CauseId[];
  /** Causes that the engine or the request rules out. */
  readonly never?: readonly CauseId[];
}

const v1: ExplainContext = { engine: 'v1_dedicated' };
const v2: ExplainContext = { engine: 'v2_shared' };
const RLS = 'new row violates row-level security policy for table "notes"';

const ROWS: readonly Row[] = [
  // 4.1, 1: the gateway
  {
    about: 'no token on v2',
    text: refused(401, 'authorization required'),
    layer: 'gateway',
    first: 'no-token',
    certainty: 'certain',
  },
  {
    about: 'a preflight on v2',
    text: `OPTIONS /notes\n${refused(401, 'authorization required')}`,
    layer: 'gateway',
    first: 'cors',
    certainty: 'certain',
    also: ['no-token'],
  },
  {
    about: 'a refused token on v2',
    text: refused(401, 'invalid or expired token'),
    layer: 'gateway',
    first: 'wrong-secret',
    certainty: 'possible',
    also: ['expired-token', 'no-sub', 'alg-refused', 'token-not-yet-valid', 'token-refused'],
  },
  {
    about: 'a token that is expired by its own word',
    text: refused(401, 'invalid or expired token'),
    context: { ...v2, tokenExpiry: 1000, now: 1000 },
    layer: 'gateway',
    first: 'expired-token',
    certainty: 'certain',
  },
  {
    about: 'a token without a sub',
    text: refused(401, 'invalid or expired token'),
    context: { ...v2, claims: { role: 'authenticated', exp: 5000 }, tokenExpiry: 5000, now: 1000 },
    layer: 'gateway',
    first: 'no-sub',
    certainty: 'certain',
  },
  {
    about: 'a token that is still good',
    text: refused(401, 'invalid or expired token'),
    context: { ...v2, claims: { sub: 'ann' }, tokenExpiry: 5000, now: 1000 },
    layer: 'gateway',
    first: 'wrong-secret',
    certainty: 'likely',
  },
  {
    about: 'another host',
    text: refused(404, 'tenant not found'),
    layer: 'gateway',
    first: 'not-flux',
    certainty: 'certain',
  },
  {
    about: 'an absorbed path',
    text: `GET /admin\n${refused(404, 'not found')}`,
    layer: 'gateway',
    first: 'path-absorbed',
    certainty: 'certain',
  },
  {
    about: 'too many requests',
    text: refused(429, 'rate limit exceeded'),
    layer: 'gateway',
    first: 'rate-limited',
    certainty: 'certain',
  },
  {
    about: 'PostgREST away',
    text: `POST /notes\n${refused(502, 'upstream error')}`,
    layer: 'gateway',
    first: 'gateway-error',
    certainty: 'likely',
    also: ['outcome-unknown'],
  },
  {
    about: 'a slow write',
    text: `POST /notes\n${refused(504, 'upstream timeout')}`,
    layer: 'gateway',
    first: 'outcome-unknown',
    certainty: 'certain',
    also: ['slow-query'],
  },
  {
    about: 'a sleeping project',
    text: refused(503, 'project is dormant; wake the project to resume API traffic'),
    layer: 'gateway',
    first: 'project-asleep',
    certainty: 'certain',
  },
  {
    about: 'a project of the other engine',
    text: refused(502, 'project mode "v1_dedicated" is not routed through this gateway'),
    layer: 'gateway',
    first: 'not-flux',
    certainty: 'certain',
  },
  {
    about: 'a project without a secret',
    text: refused(503, 'project jwt_secret missing; run repair on the control plane'),
    layer: 'gateway',
    first: 'gateway-error',
    certainty: 'certain',
  },
  {
    about: 'too large headers',
    text: bare(431, 'connection: close'),
    layer: 'gateway',
    first: 'header-too-large',
    certainty: 'certain',
  },
  // 2: PostgREST
  {
    about: 'an expired token on v1',
    text: told(401, 'PGRST301', 'JWT expired'),
    layer: 'postgrest',
    first: 'expired-token',
    certainty: 'certain',
  },
  {
    about: 'a wrong secret on v1',
    text: told(401, 'PGRST301', 'JWSError JWSInvalidSignature'),
    context: v1,
    layer: 'postgrest',
    first: 'wrong-secret',
    certainty: 'likely',
    also: ['alg-refused'],
    never: ['bridge-secret'],
  },
  {
    about: 'the bridge secret of v2',
    text: told(401, 'PGRST301', 'JWSError JWSInvalidSignature'),
    context: v2,
    layer: 'postgrest',
    first: 'bridge-secret',
    certainty: 'likely',
  },
  {
    about: 'nbf in the future',
    text: told(401, 'PGRST301', 'JWTNotYetValid'),
    layer: 'postgrest',
    first: 'token-not-yet-valid',
    certainty: 'certain',
  },
  {
    about: 'iat in the future',
    text: told(401, 'PGRST301', 'JWTIssuedAtFuture'),
    layer: 'postgrest',
    first: 'clock',
    certainty: 'certain',
  },
  {
    about: 'no signature',
    text: told(401, 'PGRST301', 'JWSError JWSNoSignatures'),
    layer: 'postgrest',
    first: 'alg-refused',
    certainty: 'certain',
  },
  {
    about: 'no token at all in what was sent',
    text: told(
      401,
      'PGRST301',
      'JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 1)',
    ),
    layer: 'postgrest',
    first: 'token-refused',
    certainty: 'certain',
  },
  {
    about: 'a sub that is no URI',
    text: told(401, 'PGRST301', 'JWTClaimsSetDecodeError "Error in $.sub: failed to parse StringOrURI"'),
    context: v2,
    layer: 'postgrest',
    first: 'token-refused',
    certainty: 'certain',
  },
  {
    about: 'exp as a text',
    text: told(
      401,
      'PGRST301',
      'JWTClaimsSetDecodeError "Error in $.exp: parsing NumericDate failed, expected Number, but encountered String"',
    ),
    layer: 'postgrest',
    first: 'token-refused',
    certainty: 'certain',
  },
  {
    about: 'no anonymous access',
    text: told(401, 'PGRST302', 'Anonymous access is disabled'),
    layer: 'postgrest',
    first: 'no-token',
    certainty: 'certain',
  },
  {
    about: 'claims of a later PostgREST',
    text: told(401, 'PGRST303', 'JWT expired'),
    layer: 'postgrest',
    first: 'expired-token',
    certainty: 'certain',
  },
  {
    about: 'a role that is not there',
    text: told(400, '22023', 'role "nope" does not exist'),
    context: v1,
    layer: 'postgresql',
    first: 'role-claim',
    certainty: 'certain',
  },
  {
    about: 'another profile',
    text: told(406, 'PGRST106', 'The schema must be one of the following: api, public'),
    context: v1,
    layer: 'postgrest',
    first: 'wrong-schema',
    certainty: 'certain',
  },
  {
    about: 'several rows for .single()',
    text: told(
      406,
      'PGRST116',
      'JSON object requested, multiple (or no) rows returned',
      'The result contains 2 rows',
    ),
    layer: 'postgrest',
    first: 'many-rows',
    certainty: 'certain',
  },
  {
    about: 'no row for .single()',
    text: told(
      406,
      'PGRST116',
      'JSON object requested, multiple (or no) rows returned',
      'The result contains 0 rows',
    ),
    context: v2,
    layer: 'postgrest',
    first: 'subject-differs',
    certainty: 'possible',
    also: ['no-matching-row', 'no-policy'],
    never: ['many-rows'],
  },
  {
    about: '.single() without details',
    text: 'PostgrestError: JSON object requested, multiple (or no) rows returned',
    context: v2,
    layer: 'postgrest',
    first: 'subject-differs',
    certainty: 'possible',
    also: ['many-rows'],
  },
  {
    about: 'a bad filter',
    text: told(400, 'PGRST100', '"failed to parse filter (foo.1)" (line 1, column 1)'),
    layer: 'postgrest',
    first: 'bad-request',
    certainty: 'certain',
  },
  {
    about: 'no JSON',
    text: told(400, 'PGRST102', 'Empty or invalid json'),
    layer: 'postgrest',
    first: 'bad-request',
    certainty: 'certain',
  },
  {
    about: 'an unknown column written',
    text: told(400, 'PGRST204', "Column 'nope' of relation 'notes' does not exist"),
    layer: 'postgrest',
    first: 'column-missing',
    certainty: 'possible',
    also: ['stale-schema-cache'],
  },
  {
    about: 'an unknown column read',
    text: told(400, '42703', 'column notes.nope does not exist'),
    layer: 'postgresql',
    first: 'column-missing',
    certainty: 'certain',
  },
  {
    about: 'no relationship',
    text: told(
      400,
      'PGRST200',
      "Could not find a relationship between 'notes' and 'nope' in the schema cache",
    ),
    layer: 'postgrest',
    first: 'relationship-missing',
    certainty: 'certain',
  },
  {
    about: 'an unknown function',
    text: told(
      404,
      'PGRST202',
      'Could not find the function api.nope without parameters in the schema cache',
    ),
    layer: 'postgrest',
    first: 'function-missing',
    certainty: 'certain',
  },
  {
    about: 'XML',
    text: told(415, 'PGRST107', 'None of these media types are available: application/xml'),
    layer: 'postgrest',
    first: 'media-type',
    certainty: 'certain',
  },
  {
    about: 'a page too far',
    text: told(416, 'PGRST103', 'Requested range not satisfiable'),
    layer: 'postgrest',
    first: 'outside-range',
    certainty: 'certain',
  },
  {
    about: 'a writing function by GET',
    text: told(405, '25006', 'cannot execute INSERT in a read-only transaction'),
    layer: 'postgresql',
    first: 'read-only-call',
    certainty: 'certain',
  },
  // 3 to 5: privileges
  {
    about: 'no USAGE on the schema',
    text: told(403, '42501', 'permission denied for schema t_cccccccccccc_api'),
    layer: 'privilege',
    first: 'missing-schema-usage',
    certainty: 'certain',
  },
  {
    about: 'no USAGE for anon',
    text: told(401, '42501', 'permission denied for schema api'),
    context: v1,
    layer: 'privilege',
    first: 'signed-out',
    certainty: 'certain',
    also: ['missing-schema-usage'],
  },
  {
    about: 'no GRANT',
    text: `POST /notes\n${told(403, '42501', 'permission denied for table notes')}`,
    layer: 'privilege',
    first: 'missing-grant',
    certainty: 'likely',
    also: ['column-grant'],
    never: ['signed-out'],
  },
  {
    about: 'no GRANT for anon',
    text: told(401, '42501', 'permission denied for table notes'),
    layer: 'privilege',
    first: 'signed-out',
    certainty: 'certain',
    also: ['missing-grant'],
  },
  {
    about: 'another table’s GRANT',
    text: `GET /notes\n${told(403, '42501', 'permission denied for table members')}`,
    layer: 'privilege',
    first: 'missing-grant',
    certainty: 'likely',
  },
  {
    about: 'a sequence',
    text: told(403, '42501', 'permission denied for sequence notes_id_seq'),
    layer: 'privilege',
    first: 'missing-sequence-grant',
    certainty: 'certain',
  },
  {
    about: 'a function',
    text: told(403, '42501', 'permission denied for function mine'),
    layer: 'privilege',
    first: 'missing-function-grant',
    certainty: 'certain',
  },
  {
    about: 'a function’s own 42501',
    text: told(403, '42501', 'custom 42501'),
    layer: 'privilege',
    first: 'custom-error',
    certainty: 'likely',
  },
  // 6: rows refused by a policy
  {
    about: 'a refused row',
    text: `POST /notes\n${told(403, '42501', RLS)}`,
    layer: 'policy',
    first: 'forged-owner',
    certainty: 'possible',
    also: ['owner-left-out', 'no-policy', 'policy-other-role', 'no-select-policy', 'no-sub'],
  },
  {
    about: 'a row refused to anon',
    text: `POST /notes\n${told(401, '42501', RLS)}`,
    context: v1,
    layer: 'policy',
    first: 'signed-out',
    certainty: 'certain',
    also: ['forged-owner'],
  },
  {
    about: 'a row asked back with return=minimal',
    text: `curl -X POST https://x.io/notes -H 'Prefer: return=minimal' -d '{}'\n${told(403, '42501', RLS)}`,
    context: v2,
    layer: 'policy',
    first: 'forged-owner',
    certainty: 'possible',
    never: ['no-select-policy', 'no-sub', 'signed-out'],
  },
  {
    about: 'an upsert onto another’s key',
    text: `POST /notes\n${told(403, '42501', 'new row violates row-level security policy (USING expression) for table "notes"')}`,
    layer: 'policy',
    first: 'upsert-other',
    certainty: 'likely',
    also: ['no-policy'],
  },
  {
    about: 'a row given away',
    text: `PATCH /notes?id=eq.1\n${told(403, '42501', RLS)}`,
    layer: 'policy',
    first: 'gives-away',
    certainty: 'possible',
    also: ['new-row-hidden', 'no-policy'],
  },
  // 7: rows filtered
  {
    about: 'no rows on v2',
    text: `GET /notes\n${bare(200, `${POSTGREST}\ncontent-range: */*`, '[]')}`,
    context: v2,
    layer: 'none',
    first: 'subject-differs',
    certainty: 'possible',
    also: ['no-matching-row', 'no-policy', 'policy-other-role', 'claim-dropped', 'owner-type'],
    never: ['signed-out', 'no-sub'],
  },
  {
    about: 'no rows on v1 without a token',
    text: `curl -i https://x.io/notes\n${bare(200, `${POSTGREST}\ncontent-range: */*`, '[]')}`,
    context: v1,
    layer: 'none',
    first: 'signed-out',
    certainty: 'likely',
  },
  {
    about: 'no rows, engine unknown',
    text: `GET /notes\n${bare(200, POSTGREST, '[]')}`,
    layer: 'none',
    first: 'subject-differs',
    certainty: 'possible',
    also: ['signed-out', 'no-sub', 'claim-dropped'],
  },
  {
    about: 'no rows for a token without a sub',
    text: `GET /notes\n${bare(200, POSTGREST, '[]')}`,
    context: { ...v1, claims: { role: 'authenticated' } },
    layer: 'none',
    first: 'no-sub',
    certainty: 'likely',
  },
  {
    about: 'a PATCH of nothing',
    text: `PATCH /notes?id=eq.1\n${bare(204, `${POSTGREST}\ncontent-range: */0`)}`,
    context: v2,
    layer: 'none',
    first: 'subject-differs',
    certainty: 'possible',
    also: ['no-policy', 'no-select-policy', 'no-matching-row'],
  },
  {
    about: 'a DELETE that does not tell',
    text: `DELETE /notes?id=eq.1\n${bare(204, `${POSTGREST}\ncontent-range: */*`)}`,
    context: v2,
    layer: 'none',
    first: 'subject-differs',
    certainty: 'possible',
  },
  {
    about: 'an ignored duplicate',
    text: `POST /notes\nPrefer: resolution=ignore-duplicates\n${bare(201, POSTGREST, '[]')}`,
    layer: 'none',
    first: 'duplicate-ignored',
    certainty: 'likely',
    also: ['nothing-sent'],
  },
  // 8: tables
  {
    about: 'an unknown table',
    text: told(404, '42P01', 'relation "api.nope" does not exist'),
    layer: 'postgresql',
    first: 'table-not-found',
    certainty: 'possible',
    also: ['wrong-schema'],
  },
  {
    about: 'a table looked for in public',
    text: told(404, '42P01', 'relation "public.notes" does not exist'),
    layer: 'postgresql',
    first: 'wrong-schema',
    certainty: 'possible',
  },
  {
    about: 'a table of a later PostgREST',
    text: told(404, 'PGRST205', "Could not find the table 'api.nope' in the schema cache"),
    layer: 'postgresql',
    first: 'table-not-found',
    certainty: 'possible',
  },
  {
    about: 'a stale cache',
    text: `POST /notes\n${bare(404, POSTGREST, '{}')}`,
    layer: 'postgrest',
    first: 'stale-schema-cache',
    certainty: 'possible',
    also: ['table-not-found', 'path-prefix'],
  },
  {
    about: 'a prefix',
    text: `GET /rest/v1/notes\n${bare(404, POSTGREST, '{}')}`,
    layer: 'postgrest',
    first: 'path-prefix',
    certainty: 'likely',
  },
  // 9: types
  {
    about: 'a subject that is no uuid',
    text: told(400, '22P02', 'invalid input syntax for type uuid: "ann"'),
    context: { subject: 'ann' },
    layer: 'postgresql',
    first: 'owner-type',
    certainty: 'likely',
  },
  {
    about: 'a filter that is no uuid',
    text: `GET /notes?id=eq.abc\n${told(400, '22P02', 'invalid input syntax for type uuid: "abc"')}`,
    context: { subject: 'ann' },
    layer: 'postgresql',
    first: 'value-not-read',
    certainty: 'likely',
  },
  {
    about: 'an enum value',
    text: told(400, '22P02', 'invalid input value for enum mood: "angry"'),
    layer: 'postgresql',
    first: 'enum-value',
    certainty: 'certain',
    never: ['owner-type'],
  },
  {
    about: 'uuid = text in a push',
    text: 'ERROR:  operator does not exist: uuid = text',
    layer: 'postgresql',
    first: 'operator-missing',
    certainty: 'certain',
  },
  {
    about: 'a default of another type',
    text: 'ERROR: 42804: column "owner_id" is of type uuid but default expression is of type text',
    layer: 'postgresql',
    first: 'owner-type',
    certainty: 'certain',
  },
  // 10: no row security
  {
    about: 'details that are shown',
    text: told(
      400,
      '23502',
      'null value in column "body" of relation "notes" violates not-null constraint',
      'Failing row contains (1, ann, null).',
    ),
    layer: 'constraint',
    first: 'not-null',
    certainty: 'certain',
    also: ['rls-off'],
  },
  {
    about: 'details that are hidden',
    text: told(400, '23502', 'null value in column "body" of relation "notes" violates not-null constraint'),
    layer: 'constraint',
    first: 'not-null',
    certainty: 'certain',
    never: ['rls-off'],
  },
  {
    about: 'a taken key',
    text: told(409, '23505', 'duplicate key value violates unique constraint "notes_pkey"'),
    layer: 'constraint',
    first: 'duplicate',
    certainty: 'certain',
  },
  {
    about: 'a service_role token on v1',
    text: bare(200, POSTGREST, '[{"id":1}]'),
    context: { ...v1, claims: { sub: 'ann', role: 'service_role' } },
    layer: 'none',
    first: 'role-claim',
    certainty: 'certain',
  },
  // the rest
  {
    about: 'recursion',
    text: told(500, '42P17', 'infinite recursion detected in policy for relation "notes"'),
    layer: 'postgresql',
    first: 'policy-recursion',
    certainty: 'certain',
  },
  {
    about: 'a missing parent',
    text: told(
      409,
      '23503',
      'insert or update on table "kids" violates foreign key constraint "kids_parent_id_fkey"',
    ),
    layer: 'constraint',
    first: 'parent-missing',
    certainty: 'certain',
  },
  {
    about: 'a CHECK',
    text: told(400, '23514', 'new row for relation "kids" violates check constraint "kids_name_check"'),
    layer: 'constraint',
    first: 'constraint',
    certainty: 'certain',
  },
  {
    about: 'a text too long',
    text: told(400, '22001', 'value too long for type character varying(10)'),
    layer: 'constraint',
    first: 'too-long',
    certainty: 'certain',
  },
  {
    about: 'a number too large',
    text: told(400, '22003', 'numeric field overflow'),
    layer: 'constraint',
    first: 'constraint',
    certainty: 'certain',
  },
  {
    about: 'a generated column',
    text: told(400, '428C9', 'cannot insert a non-DEFAULT value into column "gen"'),
    layer: 'constraint',
    first: 'column-generated',
    certainty: 'certain',
  },
  {
    about: 'RAISE',
    text: told(400, 'P0001', 'custom failure'),
    layer: 'postgresql',
    first: 'custom-error',
    certainty: 'certain',
  },
  {
    about: 'the statement timeout',
    text: told(500, '57014', 'canceling statement due to statement timeout'),
    layer: 'postgresql',
    first: 'slow-query',
    certainty: 'certain',
  },
  {
    about: 'the guide’s own route',
    text: bare(401, 'content-type: application/json', '{"error":"unauthorized"}'),
    layer: 'app',
    first: 'no-session',
    certainty: 'likely',
    also: ['auth-secret-missing'],
  },
  {
    about: 'HTML',
    text: bare(
      404,
      'server: nginx\ncontent-type: text/html',
      '<html><head><title>404 Not Found</title></head></html>',
    ),
    layer: 'other',
    first: 'not-flux',
    certainty: 'likely',
  },
  {
    about: 'a proxy that found nobody',
    text: `POST /notes\n${bare(502, 'server: cloudflare', '<html><h1>Bad gateway</h1></html>')}`,
    layer: 'other',
    first: 'proxy',
    certainty: 'likely',
    also: ['outcome-unknown'],
  },
  {
    about: 'a redirect',
    text: bare(308, 'location: https://x.io/notes'),
    layer: 'other',
    first: 'redirect',
    certainty: 'likely',
  },
  {
    about: 'a status line of 401',
    text: '401 Unauthorized',
    layer: 'other',
    first: 'no-token',
    certainty: 'possible',
    also: ['wrong-secret', 'expired-token'],
  },
  {
    about: 'CORS in a browser',
    text: "Access to fetch at 'https://x.io/notes' from origin 'http://localhost:3000' has been blocked by CORS policy: Response to preflight request doesn't pass access control check",
    layer: 'none',
    first: 'cors',
    certainty: 'likely',
    also: ['gateway-unreachable'],
  },
  {
    about: 'nobody there',
    text: 'curl: (7) Failed to connect to localhost port 54321: Connection refused',
    layer: 'none',
    first: 'gateway-unreachable',
    certainty: 'likely',
  },
  {
    about: 'a code nobody knows',
    text: told(500, 'XX000', 'cache lookup failed'),
    layer: 'postgresql',
    first: 'custom-error',
    certainty: 'possible',
  },
];

describe('explaining an answer', () => {
  for (const { about, text, context, layer, first, certainty, also = [], never = [] } of ROWS) {
    it(`knows ${about}`, () => {
      const explanation = explain(pasted(text), context);
      const ids = explanation.causes.map(({ id }) => id);
      assert.equal(explanation.layer, layer);
      assert.equal(ids[0], first, `causes are ${ids.join()}`);
      assert.equal(explanation.causes[0]?.certainty, certainty);
      for (const id of also) assert.ok(ids.includes(id), `${id} is not among ${ids.join()}`);
      for (const id of never) assert.ok(!ids.includes(id), `${id} is among ${ids.join()}`);
    });
  }

  it('names rules that there are, says something everywhere, and repeats no cause', () => {
    for (const { about, text, context } of ROWS) {
      const { answeredBy, summary, causes } = explain(pasted(text), context);
      assert.ok(answeredBy && summary, about);
      assert.equal(new Set(causes.map(({ title }) => title)).size, causes.length, about);
      for (const cause of causes) {
        for (const rule of cause.rules) assert.ok(findRule(rule), `${about}: ${rule}`);
        for (const part of [cause.title, cause.why, cause.confirm, cause.fix])
          assert.ok(part.length > 3 && !part.includes('undefined'), `${about}: ${part}`);
      }
    }
  });

  it('says at most one thing for certain of a refused row', () => {
    for (const { about, text, context } of ROWS) {
      const certain = explain(pasted(text), context).causes.filter(each => each.certainty === 'certain');
      const isOfTwo = ['a preflight on v2', 'no USAGE for anon'].includes(about);
      assert.ok(certain.length <= (isOfTwo ? 2 : 1), `${about}: ${certain.map(({ id }) => id).join()}`);
    }
  });
});

describe('explaining an answer with the project’s SQL', () => {
  const forged = `POST /notes\n${told(403, '42501', RLS)}`;
  const nothing = `GET /notes\n${bare(200, POSTGREST, '[]')}`;
  const cases: readonly (readonly [
    about: string,
    text: string,
    sql: string,
    context: ExplainContext,
    first: CauseId,
    at?: string,
  ])[] = [
    ['a refused row', forged, GUIDE_SQL, v2, 'forged-owner', 'notes_owner_insert'],
    [
      'no INSERT policy',
      forged,
      GUIDE_SQL.replace(/create policy notes_owner_insert.*\n/, ''),
      v2,
      'no-policy',
      'notes',
    ],
    [
      'a policy for another role',
      forged,
      GUIDE_SQL.replace('for insert with', 'for insert to anon with'),
      v2,
      'policy-other-role',
      'notes_owner_insert',
    ],
    [
      'a policy that is never true',
      forged,
      GUIDE_SQL.replace('for insert with check (owner_id = auth.uid())', 'for insert with check (false)'),
      v2,
      'policy-never-true',
      'notes_owner_insert',
    ],
    [
      'no SELECT policy for a row asked back',
      `POST /notes\nPrefer: return=representation\n${told(403, '42501', RLS)}`,
      GUIDE_SQL.replace(/create policy notes_owner_read.*\n/, ''),
      v2,
      'no-select-policy',
      'notes_owner_insert',
    ],
    [
      'an owner that was left out',
      `curl -X POST https://x.io/notes -d '{"body":"x"}'\n${told(403, '42501', RLS)}`,
      GUIDE_SQL,
      v2,
      'owner-left-out',
      'owner_id',
    ],
    [
      'an owner that was forged',
      `curl -X POST https://x.io/notes -d '{"body":"x","owner_id":"bob"}'\n${told(403, '42501', RLS)}`,
      GUIDE_SQL,
      { ...v2, subject: 'ann' },
      'forged-owner',
      'notes_owner_insert',
    ],
    [
      'no SELECT policy',
      nothing,
      GUIDE_SQL.replace(/create policy notes_owner_read.*\n/, ''),
      v2,
      'no-policy',
      'notes',
    ],
    [
      'a claim that v2 drops',
      nothing,
      GUIDE_SQL.replace(
        'for select using (owner_id = auth.uid())',
        "for select using (owner_id = (current_setting('request.jwt.claims', true)::json ->> 'org_id'))",
      ),
      v2,
      'claim-dropped',
      'notes_owner_read',
    ],
    [
      'a legacy setting',
      nothing,
      GUIDE_SQL.replace(
        'for select using (owner_id = auth.uid())',
        "for select using (owner_id = current_setting('request.jwt.claim.sub', true))",
      ),
      v1,
      'claim-dropped',
      'notes_owner_read',
    ],
    [
      'a uuid compared as text',
      nothing,
      GUIDE_SQL.replace('owner_id text', 'owner_id uuid').replace(
        'for select using (owner_id =',
        'for select using (owner_id::text =',
      ),
      v2,
      'owner-type',
      'notes_owner_read',
    ],
    [
      'the opposite of the owner',
      nothing,
      GUIDE_SQL.replace('for select using (owner_id =', 'for select using (owner_id <>'),
      v2,
      'inverted-policy',
      'notes_owner_read',
    ],
    ['no row security', nothing, GUIDE_SQL.replace(/alter table.*\n/, ''), v2, 'no-matching-row'],
    ['the guide’s policies', nothing, GUIDE_SQL, v2, 'subject-differs', 'notes_owner_read'],
    [
      'a cast of the subject',
      told(400, '22P02', 'invalid input syntax for type uuid: "ann"'),
      GUIDE_SQL.replace('owner_id text', 'owner_id uuid').replaceAll('auth.uid()', 'auth.uid()::uuid'),
      { ...v2, subject: 'ann', table: 'notes' },
      'owner-type',
      '::uuid',
    ],
    [
      'a missing GRANT',
      `POST /notes\n${told(403, '42501', 'permission denied for table notes')}`,
      GUIDE_SQL.replace('select, insert,', 'select,'),
      v2,
      'missing-grant',
      'notes_owner_insert',
    ],
    [
      'a GRANT that is there',
      `POST /notes\n${told(403, '42501', 'permission denied for table notes')}`,
      GUIDE_SQL,
      v2,
      'differs-from-sql',
      'notes',
    ],
    [
      'a GRANT of columns',
      `GET /notes\n${told(403, '42501', 'permission denied for table notes')}`,
      `${GUIDE_SQL}revoke select on notes from authenticated; grant select (id, body) on notes to authenticated;`,
      v2,
      'column-grant',
    ],
    [
      'a table of another case',
      told(404, '42P01', 'relation "api.Notes" does not exist'),
      GUIDE_SQL,
      v1,
      'table-not-found',
      'notes',
    ],
    [
      'a write that the cache does not know',
      `POST /notes\n${bare(404, POSTGREST, '{}')}`,
      GUIDE_SQL,
      v2,
      'stale-schema-cache',
      'notes',
    ],
    [
      'a column that the cache does not know',
      `POST /notes\n${told(400, 'PGRST204', "Column 'body' of relation 'notes' does not exist")}`,
      GUIDE_SQL,
      v2,
      'stale-schema-cache',
      'body',
    ],
    [
      'rows of an open table',
      `GET /notes\n${bare(200, POSTGREST, '[{"id":1}]')}`,
      GUIDE_SQL.replace(/alter table.*\n/, ''),
      v2,
      'rls-off',
      'notes',
    ],
    [
      'rows of a view on v1',
      `GET /all_notes\n${bare(200, POSTGREST, '[{"id":1}]')}`,
      `${GUIDE_SQL}create view all_notes as select * from notes;`,
      v1,
      'bypassing-door',
      'all_notes',
    ],
    [
      'an empty view on v2',
      `GET /all_notes\n${bare(200, POSTGREST, '[]')}`,
      `${GUIDE_SQL.replaceAll(/ (using|with check) \(/g, ' to authenticated $1 (').replaceAll(/using \(([^)]*\))\) to authenticated with/g, 'using ($1) with')}create view all_notes as select * from notes; grant select on all_notes to authenticated;`,
      v2,
      'view-owner',
      'all_notes',
    ],
  ];

  for (const [about, text, sql, context, first, at] of cases) {
    it(`puts first what the SQL shows: ${about}`, async () => {
      const model = await modelOf(sql, context.engine ?? 'v2_shared');
      const { causes } = explain(pasted(text), { ...context, model });
      const [cause] = causes;
      assert.equal(cause?.id, first, `causes are ${causes.map(({ id }) => id).join()}`);
      const { place } = cause;
      assert.equal(place && sql.slice(place.start, place.end), at);
      for (const rule of causes.flatMap(({ rules }) => rules)) assert.ok(findRule(rule), rule);
    });
  }
});
