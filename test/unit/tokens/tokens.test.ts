import assert from 'node:assert/strict';
import { compactVerify, SignJWT } from 'jose';
import { Secret } from '../../../src/flux/secret';
import { curlLine } from '../../../src/tokens/curl';
import { formatDuration, parseDuration } from '../../../src/tokens/duration';
import { inspectToken, type TokenInspection } from '../../../src/tokens/inspect';
import { CannotMint, mintToken } from '../../../src/tokens/mint';

const TEXT = 'a-project-secret-of-more-than-32-bytes';
const secret = new Secret(TEXT);
const NOW = 1_800_000_000;

describe('minting a token', () => {
  it('signs HS256 with the text of the secret, for five minutes, as authenticated', async () => {
    const { token, claims } = await mintToken({ subject: 'ann', secret, now: NOW });
    assert.deepEqual(claims, { sub: 'ann', role: 'authenticated', iat: NOW, exp: NOW + 300 });
    const { payload, protectedHeader } = await compactVerify(token, Buffer.from(TEXT));
    assert.equal(protectedHeader.alg, 'HS256');
    assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), claims);
  });

  it('takes another role and lifetime', async () => {
    const { claims } = await mintToken({ subject: 'ann', secret, role: 'anon', lifetime: 60, now: NOW });
    assert.deepEqual([claims.role, claims.exp - claims.iat], ['anon', 60]);
  });

  it('refuses a blank subject and an empty secret, without showing either', async () => {
    await assert.rejects(mintToken({ subject: '  ', secret }), CannotMint);
    await assert.rejects(
      mintToken({ subject: 'ann', secret: new Secret('') }),
      /^CannotMint: The project secret is empty\.$/,
    );
  });
});

describe('inspecting a token', () => {
  async function inspect(
    token: string,
    engine?: 'v1_dedicated' | 'v2_shared',
    withSecret: Secret | undefined = secret,
  ): Promise<TokenInspection> {
    const inspection = await inspectToken(token, { engine, secret: withSecret, now: NOW });
    if (typeof inspection === 'string') throw new assert.AssertionError({ message: inspection });
    return inspection;
  }
  const sign = async (claims: object, key: string | Buffer = TEXT): Promise<string> =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(key));
  const valid = { sub: 'ann', role: 'authenticated', iat: NOW, exp: NOW + 300 };

  it('finds nothing wrong with a good one, however it is pasted', async () => {
    const token = await sign(valid);
    for (const pasted of [
      token,
      ` ${token}\n`,
      `Bearer ${token}`,
      `"${token}"`,
      `Authorization: Bearer ${token}`,
    ]) {
      const { objections, remaining, claims } = await inspect(pasted, 'v2_shared');
      assert.deepEqual([objections, remaining, claims.sub], [[], 300, 'ann']);
    }
  });

  for (const [name, pasted, sentence] of [
    ['nothing', '  ', /There is no token here/],
    ['two parts', 'a.b', /this text has 2/],
    ['no JSON', 'a.b.c', /not base64url-encoded JSON/],
  ] as const) {
    it(`says in one sentence what is wrong with ${name}`, async () => {
      const inspection = await inspectToken(pasted, { now: NOW });
      assert.ok(typeof inspection === 'string');
      assert.match(inspection, sentence);
    });
  }

  it('recognizes how a secret was mistaken', async () => {
    const mistakes: [key: string | Buffer, sentence: RegExp][] = [
      [`${TEXT}\n`, /the secret and a line break/],
      [Buffer.from(TEXT, 'base64'), /the base64-decoded secret/],
      [`"${TEXT}"`, /the secret in quotes/],
      ['another', /not signed with this project’s secret/],
    ];
    for (const [key, sentence] of mistakes) {
      const [objection] = (await inspect(await sign(valid, key), 'v2_shared')).objections;
      assert.match(objection?.message ?? '', sentence);
      assert.equal(objection?.refused, true);
    }
  });

  it('does not judge a signature without the secret', async () => {
    const inspection = await inspectToken(await sign(valid, 'another'), { engine: 'v2_shared', now: NOW });
    assert.ok(typeof inspection !== 'string');
    assert.deepEqual(inspection.objections, []);
  });

  it('says what runs otherwise than meant', async () => {
    const notes: [claims: object, engine: 'v1_dedicated' | 'v2_shared', sentence: RegExp][] = [
      [{ sub: 'ann', role: 'authenticated' }, 'v2_shared', /never expires/],
      [{ ...valid, exp: NOW + 90_000 }, 'v2_shared', /It lives 25 h 0 min/],
      [{ ...valid, org_id: 'o' }, 'v2_shared', /org_id does not reach PostgreSQL/],
      [{ ...valid, sub: ' ann ' }, 'v1_dedicated', /matches only rows whose owner has them/],
      [{ ...valid, role: undefined }, 'v1_dedicated', /runs as anon/],
      [{ ...valid, role: 'service_role' }, 'v1_dedicated', /above every policy/],
    ];
    for (const [claims, engine, sentence] of notes) {
      const { objections } = await inspect(await sign(claims), engine);
      assert.equal(objections.length, 1, sentence.source);
      assert.match(objections[0]!.message, sentence);
      assert.equal(objections[0]!.refused, false);
    }
  });

  it('names the engine where it is not known and matters', async () => {
    const { objections } = await inspect(await sign({ ...valid, sub: '' }));
    assert.deepEqual(
      objections.map(({ message }) => message),
      [
        'It has no sub: auth.uid() is NULL on v1, so owner policies match nothing.',
        'It has no sub (401) on v2.',
      ],
    );
  });
});

describe('durations', () => {
  it('are read and written as people write them', () => {
    assert.deepEqual(
      ['90', '90s', '5m', '1h', '2d', ' 5 M '].map(parseDuration),
      [90, 90, 300, 3600, 172_800, 300],
    );
    assert.deepEqual(
      ['', '0', '-5m', '5x', 'm', '1.5h', '99999999999999999999'].map(parseDuration),
      Array(7).fill(undefined),
    );
    assert.deepEqual([0, 59, 252, 3600, 90_000, 200_000].map(formatDuration), [
      '0:00',
      '0:59',
      '4:12',
      '1 h 0 min',
      '25 h 0 min',
      '2 days',
    ]);
  });
});

describe('a curl line', () => {
  it('asks one table, with the profile where there may be no gateway', () => {
    const options = { gatewayUrl: 'http://127.0.0.1:1/', table: 'notes', schema: 'api', token: 't' };
    assert.equal(
      curlLine({ ...options, engine: 'v2_shared' }),
      "curl -i 'http://127.0.0.1:1/notes?limit=10' -H 'Authorization: Bearer t'",
    );
    assert.equal(
      curlLine({ ...options, engine: 'v1_dedicated' }),
      "curl -i 'http://127.0.0.1:1/notes?limit=10' -H 'Authorization: Bearer t' -H 'Accept-Profile: api'",
    );
  });

  it('lets the shell put the token in, and nothing else', () => {
    const line = curlLine({ gatewayUrl: "http://h/$(x)'", table: undefined, token: '$FLUX_TOKEN' });
    assert.equal(line, `curl -i 'http://h/$(x)'\\''/' -H "Authorization: Bearer $FLUX_TOKEN"`);
  });
});
