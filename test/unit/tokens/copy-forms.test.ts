import assert from 'node:assert/strict';
import { compactVerify } from 'jose';
import { Secret } from '../../../src/flux/secret';
import { parseClaims, readSubjects, withSubject } from '../../../src/editor/tokens/test-subject';
import { COPY_FORMS, copyText, isRequestForm } from '../../../src/tokens/copy-forms';
import { curlRequest } from '../../../src/tokens/curl';
import { CannotMint, mintToken } from '../../../src/tokens/mint';
import { objectionsTo } from '../../../src/tokens/objections';

const NOW = 1_800_000_000;
const secret = new Secret('a-project-secret-of-more-than-32-bytes');

describe('a token to copy', () => {
  const request = {
    gatewayUrl: 'http://127.0.0.1:1/',
    method: 'GET',
    path: '/notes?limit=10',
    engine: 'v1_dedicated',
    schema: 'api',
  } as const;

  it('is written in every form', () => {
    assert.deepEqual(
      COPY_FORMS.map(form => copyText(form, 'T', request)),
      [
        'T',
        'Authorization: Bearer T',
        "curl -i 'http://127.0.0.1:1/notes?limit=10' -H 'Authorization: Bearer T' -H 'Accept-Profile: api'",
        'GET http://127.0.0.1:1/notes?limit=10\nAuthorization: Bearer T\nAccept-Profile: api\n',
        `const response = await fetch("http://127.0.0.1:1/notes?limit=10", {
  headers: {
    "Authorization": "Bearer T",
    "Accept-Profile": "api",
  },
});`,
      ],
    );
    assert.deepEqual(COPY_FORMS.filter(isRequestForm), ['curl', 'http', 'fetch']);
  });

  it('goes with a body, and leaves the profile to the gateway of v2', () => {
    const insert = {
      ...request,
      engine: 'v2_shared',
      method: 'POST',
      path: '/notes',
      body: '{"a":"it\'s"}',
    } as const;
    assert.equal(
      curlRequest({ ...insert, token: 'T' }),
      `curl -i -X POST 'http://127.0.0.1:1/notes' -H 'Authorization: Bearer T' -H 'Content-Type: application/json' -d '{"a":"it'\\''s"}'`,
    );
    assert.equal(
      copyText('http', 'T', insert),
      'POST http://127.0.0.1:1/notes\nAuthorization: Bearer T\nContent-Type: application/json\n\n{"a":"it\'s"}\n',
    );
    assert.match(
      copyText('fetch', 'T', insert),
      /method: "POST",[\s\S]*body: "\{\\"a\\":\\"it's\\"\}",\n\}\);$/,
    );
  });
});

describe('extra claims', () => {
  it('are signed beside the token’s own, and never in their place', async () => {
    const extraClaims = { org_id: 'acme', sub: 'bob', exp: 1 };
    const { token, claims } = await mintToken({ subject: 'ann', secret, now: NOW, extraClaims });
    assert.deepEqual(claims, {
      org_id: 'acme',
      sub: 'ann',
      role: 'authenticated',
      iat: NOW,
      exp: NOW + 300,
    });
    const { payload } = await compactVerify(token, Buffer.from(secret.reveal()));
    assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), claims);
  });

  it('take their place where the person says so', async () => {
    const { claims } = await mintToken({
      subject: 'ann',
      secret,
      now: NOW,
      extraClaims: { exp: NOW - 60 },
      override: true,
    });
    assert.equal(claims.exp, NOW - 60);
    await assert.rejects(
      mintToken({ subject: 'ann', secret, extraClaims: { exp: 'soon' }, override: true }),
      CannotMint,
    );
  });

  it('are read from JSON, or refused in one sentence', () => {
    assert.deepEqual(parseClaims(' {"org_id": 1} '), { org_id: 1 });
    assert.deepEqual(parseClaims('  '), {});
    for (const [text, sentence] of [
      ['[1]', /^Claims are a JSON object/],
      ['"x"', /^Claims are a JSON object/],
      ['{x', /^This is no JSON/],
    ] as const) {
      const read = parseClaims(text);
      assert.ok(typeof read === 'string');
      assert.match(read, sentence);
    }
  });
});

describe('objections to claims', () => {
  it('come with what to change', () => {
    const wrong = [
      {},
      { sub: 1, exp: '1' },
      { sub: ' a', role: 'admin', exp: NOW - 999, org_id: 'x' },
      { sub: 'a:b c', role: 'anon', iat: NOW + 999, nbf: NOW + 999, exp: NOW + 99_999 },
      { sub: 'a', role: 'service_role', iat: NOW, exp: NOW + 99_999 },
    ];
    const found = wrong.flatMap(claims => objectionsTo(claims, undefined, NOW));
    assert.ok(found.length > 12);
    for (const { message, fix } of found) {
      assert.match(fix, /^[A-Z].*\.$/, message);
      assert.notEqual(fix, message);
    }
  });
});

describe('test subjects', () => {
  it('are read as they were kept before they had facts', () => {
    assert.deepEqual(readSubjects(['ann', 'bob', 'ann']), [
      { subject: 'ann', color: 'blue' },
      { subject: 'bob', color: 'yellow' },
    ]);
  });

  it('keep their facts and their color, and nothing that is none', () => {
    const ann = {
      subject: 'ann',
      color: 'purple',
      label: 'Owner',
      claims: { org_id: 'acme' },
      lifetime: '1h',
      role: 'authenticated',
    } as const;
    assert.deepEqual(readSubjects([ann]), [ann]);
    assert.deepEqual(
      readSubjects([
        { subject: 'bob', color: 'pink', claims: [1], lifetime: 'long', override: 'yes' },
        7,
        {},
      ]),
      [{ subject: 'bob', color: 'blue' }],
    );
    assert.deepEqual(readSubjects(undefined), []);
  });

  it('get the color that is used least', () => {
    const colors = ['a', 'b', 'c', 'd', 'e']
      .reduce(
        (known, subject) => withSubject(known, subject),
        readSubjects([{ subject: 'z', color: 'yellow' }]),
      )
      .map(({ color }) => color);
    assert.deepEqual(colors, ['yellow', 'blue', 'purple', 'orange', 'blue', 'yellow']);
  });
});
