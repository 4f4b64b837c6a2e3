import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { isReadableSubject } from '../../src/flux/claims';
import { tenantOf } from '../../src/flux/names';
import { Secret } from '../../src/flux/secret';
import { Gateway } from '../../src/stack/gateway';
import type { LocalFlux } from '../../src/stack/local-flux';
import { inspectToken } from '../../src/tokens/inspect';
import { GUIDE_SQL } from '../support/guide-sql';
import { localFlux, pushAlone } from '../support/local-flux';

const now = (): number => Math.floor(Date.now() / 1000);

async function sign(secret: string, claims: JWTPayload, alg = 'HS256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

const VALID = (): JWTPayload => ({ sub: 'ann', role: 'authenticated', iat: now(), exp: now() + 300 });

async function get(
  flux: LocalFlux,
  headers: Record<string, string> = {},
  path = '/notes?select=owner_id',
): Promise<{ status: number; body: string; headers: Headers }> {
  const response = await fetch(`${flux.url}${path}`, { headers });
  return { status: response.status, body: await response.text(), headers: response.headers };
}

describe('the gateway keeps the v2 contract', () => {
  let flux: LocalFlux;
  let secret: string;

  before(async () => {
    flux = await localFlux('v2_shared');
    await pushAlone(flux, GUIDE_SQL);
    secret = flux.jwtSecret.reveal();
  });

  const REQUIRED = '{"error":"authorization required"}';
  const INVALID = '{"error":"invalid or expired token"}';

  for (const [name, header] of [
    ['no Authorization', undefined],
    ['Bearer alone', 'Bearer'],
    ['Bearer and a blank', 'Bearer '],
    ['another scheme', 'Token abc'],
    ['Basic', 'Basic YTpi'],
  ] as const) {
    it(`answers 401 "authorization required" to ${name}`, async () => {
      const { status, body, headers } = await get(
        flux,
        header === undefined ? {} : { authorization: header },
      );
      assert.deepEqual([status, body, headers.get('content-type')], [401, REQUIRED, 'application/json']);
      assert.equal(headers.get('server'), null);
      assert.equal(headers.get('www-authenticate'), null);
    });
  }

  const tokens: Record<string, { make: () => Promise<string>; status: number; body?: string }> = {
    'a valid token': { make: () => sign(secret, VALID()), status: 200, body: '[]' },
    garbage: { make: () => Promise.resolve('abc'), status: 401, body: INVALID },
    'three parts of garbage': { make: () => Promise.resolve('a.b.c'), status: 401, body: INVALID },
    'another secret': { make: () => sign('x'.repeat(40), VALID()), status: 401, body: INVALID },
    'the secret and a line break': { make: () => sign(`${secret}\n`, VALID()), status: 401, body: INVALID },
    'expired ten seconds ago': {
      make: () => sign(secret, { ...VALID(), exp: now() - 10 }),
      status: 401,
      body: INVALID,
    },
    'valid in ten seconds only': {
      make: () => sign(secret, { ...VALID(), nbf: now() + 10 }),
      status: 401,
      body: INVALID,
    },
    'issued in the future': {
      make: () => sign(secret, { ...VALID(), iat: now() + 3600 }),
      status: 200,
      body: '[]',
    },
    'no exp': { make: () => sign(secret, { sub: 'ann', role: 'authenticated' }), status: 200, body: '[]' },
    'alg none': {
      make: () => Promise.resolve(new UnsecuredJWT(VALID()).encode()),
      status: 401,
      body: INVALID,
    },
    HS384: { make: () => sign(secret, VALID(), 'HS384'), status: 401, body: INVALID },
    'no sub': {
      make: () => sign(secret, { role: 'authenticated', exp: now() + 300 }),
      status: 401,
      body: INVALID,
    },
    'an empty sub': { make: () => sign(secret, { ...VALID(), sub: '' }), status: 401, body: INVALID },
    'a blank sub': { make: () => sign(secret, { ...VALID(), sub: '   ' }), status: 401, body: INVALID },
    'a sub that is a number': {
      make: () => sign(secret, { ...VALID(), sub: 123 as unknown as string }),
      status: 401,
      body: INVALID,
    },
    'no role': { make: () => sign(secret, { sub: 'ann', exp: now() + 300 }), status: 200, body: '[]' },
    'role postgres': { make: () => sign(secret, { ...VALID(), role: 'postgres' }), status: 200, body: '[]' },
  };
  for (const [name, { make, status, body }] of Object.entries(tokens)) {
    it(`answers ${status} to ${name}, as the token inspector says`, async () => {
      const token = await make();
      const told = await get(flux, { authorization: `Bearer ${token}` });
      assert.deepEqual([told.status, told.body], [status, body]);
      const inspection = await inspectToken(token, {
        engine: 'v2_shared',
        secret: flux.jwtSecret,
        now: now(),
      });
      const refused =
        typeof inspection === 'string' || inspection.objections.some(objection => objection.refused);
      assert.equal(refused, status === 401);
    });
  }

  it('hands on sub and email only, trimmed, as the tenant’s role', async () => {
    await flux.push([
      {
        name: 'claims.sql',
        text: "create function claims() returns json language sql stable as $$ select current_setting('request.jwt.claims', true)::json $$; create function whoami() returns json language sql stable as $$ select json_build_object('user', current_user, 'session', session_user, 'path', current_setting('search_path'), 'timeout', current_setting('statement_timeout')) $$;",
      },
    ]);
    const token = await sign(secret, {
      ...VALID(),
      sub: ' ann ',
      email: 'a@x.io',
      role: 'postgres',
      org_id: 'o',
      app_metadata: {},
    });
    const { body } = await get(flux, { authorization: `Bearer ${token}` }, '/rpc/claims');
    const { iat, nbf, exp, ...claims } = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual(claims, {
      sub: 'ann',
      email: 'a@x.io',
      role: 't_1a2b3c4d5e6f_role',
      tenant_id: '1a2b3c4d-5e6f-4000-8000-000000000000',
    });
    assert.ok([iat, nbf, exp].every(time => typeof time === 'number'));
    const who = await get(flux, { authorization: `Bearer ${token}` }, '/rpc/whoami');
    assert.deepEqual(JSON.parse(who.body), {
      user: 't_1a2b3c4d5e6f_role',
      session: 'authenticator',
      path: 't_1a2b3c4d5e6f_api',
      timeout: '15s',
    });
  });

  it('writes the profile headers itself', async () => {
    const authorization = `Bearer ${await sign(secret, VALID())}`;
    const { status, headers } = await get(flux, { authorization, 'accept-profile': 'nope' });
    assert.equal(status, 200);
    assert.equal(headers.get('content-profile'), 't_1a2b3c4d5e6f_api');
    assert.match(headers.get('server') ?? '', /^postgrest\/12/);
  });

  for (const [path, status, body] of [
    ['/health', 200, '{"status":"ok"}'],
    ['/robots.txt', 200, 'User-agent: *\nDisallow: /\n'],
    ['/favicon.ico', 204, ''],
    ['/admin', 404, '{"error":"not found"}'],
    ['/data.txt', 404, '{"error":"not found"}'],
  ] as const) {
    it(`absorbs ${path}`, async () => {
      const told = await get(flux, {}, path);
      assert.deepEqual([told.status, told.body], [status, body]);
    });
  }

  for (const subject of [
    'github:12345',
    'auth0|5f7',
    'github|583231',
    'oidc:azure|x',
    'user:with space',
    'mailto:ann@example.com',
    'did:key:z6Mk',
    'a:b',
    'https://issuer/u/1',
    "o'brien",
    '日本語',
    'a"b',
    'github|a%3Ab',
    ':x',
    '1:a',
    'urn:a%zz',
  ]) {
    it(`knows beforehand whether PostgREST can read the subject ${subject}`, async () => {
      const { status } = await get(flux, {
        authorization: `Bearer ${await sign(secret, { ...VALID(), sub: subject })}`,
      });
      assert.equal(status === 200, isReadableSubject(subject));
    });
  }

  it('says 502 when PostgREST is gone, and 401 before that', async () => {
    const silent = createServer();
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await new Promise(resolve => silent.close(resolve));
    const gateway = await Gateway.start({
      upstream: `http://127.0.0.1:${port}`,
      tenant: tenantOf('t_1a2b3c4d5e6f_api')!,
      tenantId: '1a2b3c4d-5e6f-4000-8000-000000000000',
      projectSecret: new Secret(secret),
      bridgeSecret: new Secret('b'.repeat(40)),
      port: 0,
    });
    try {
      const down = await fetch(`${gateway.url}/notes`, {
        headers: { authorization: `Bearer ${await sign(secret, VALID())}` },
      });
      assert.deepEqual([down.status, await down.text()], [502, '{"error":"upstream error"}']);
      const refused = await fetch(`${gateway.url}/notes`);
      assert.equal(refused.status, 401);
    } finally {
      await gateway.stop();
    }
  });
});

describe('PostgREST alone, as on v1', () => {
  let flux: LocalFlux;

  before(async () => {
    flux = await localFlux('v1_dedicated');
    await pushAlone(flux, GUIDE_SQL);
  });

  const cases: Record<
    string,
    { claims: () => JWTPayload | undefined; secret?: string; status: number; body: RegExp }
  > = {
    'no token: anon, no rows': { claims: () => undefined, status: 200, body: /^\[\]$/ },
    'a valid token': { claims: VALID, status: 200, body: /^\[\]$/ },
    'another secret': { claims: VALID, secret: 'x'.repeat(40), status: 401, body: /JWSInvalidSignature/ },
    'expired an hour ago': {
      claims: () => ({ ...VALID(), exp: now() - 3600 }),
      status: 401,
      body: /JWT expired/,
    },
    'expired ten seconds ago, within the leeway': {
      claims: () => ({ ...VALID(), exp: now() - 10 }),
      status: 200,
      body: /^\[\]$/,
    },
    'issued in the future': {
      claims: () => ({ ...VALID(), iat: now() + 3600 }),
      status: 401,
      body: /JWTIssuedAtFuture/,
    },
    'an unknown role': {
      claims: () => ({ ...VALID(), role: 'nobody_knows' }),
      status: 400,
      body: /role \\"nobody_knows\\" does not exist/,
    },
    'no sub': { claims: () => ({ role: 'authenticated', exp: now() + 300 }), status: 200, body: /^\[\]$/ },
  };
  for (const [name, { claims, secret, status, body }] of Object.entries(cases)) {
    it(`answers ${status} to ${name}, as the token inspector says`, async () => {
      const payload = claims();
      const token = payload && (await sign(secret ?? flux.jwtSecret.reveal(), payload));
      const told = await get(flux, token === undefined ? {} : { authorization: `Bearer ${token}` });
      assert.equal(told.status, status);
      assert.match(told.body, body);
      if (token === undefined) return;
      const inspection = await inspectToken(token, {
        engine: 'v1_dedicated',
        secret: flux.jwtSecret,
        now: now(),
      });
      assert.ok(typeof inspection !== 'string');
      assert.equal(
        inspection.objections.some(objection => objection.refused),
        status >= 400,
      );
    });
  }
});
