import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';
import { jwtDecrypt } from 'jose';
import { Secret } from '../../../src/flux/secret';
import { CannotMint } from '../../../src/tokens/mint';
import {
  SESSION_COOKIES,
  sessionCookie,
  sessionCookieBeside,
  type SessionCookieName,
} from '../../../src/tokens/session-cookie';

const TEXT = 'the-apps-own-auth-secret';
const secret = new Secret(TEXT);
const NOW = 1_800_000_000;
const [PLAIN, SECURE, V4] = SESSION_COOKIES;

/** Opens a cookie by the book, with the key of one name. */
async function open(value: string, name: SessionCookieName, text = TEXT): ReturnType<typeof jwtDecrypt> {
  const key = name.includes('next-auth')
    ? hkdfSync('sha256', text, '', 'NextAuth.js Generated Encryption Key', 32)
    : hkdfSync('sha256', text, name, `Auth.js Generated Encryption Key (${name})`, 64);
  return jwtDecrypt(value, new Uint8Array(key), { currentDate: new Date(NOW * 1000) });
}

const valueOf = (cookie: string): string => cookie.slice(cookie.indexOf('=') + 1);

describe('a session cookie', () => {
  for (const name of SESSION_COOKIES) {
    it(`of the name ${name} holds the subject for five minutes`, async () => {
      const cookie = await sessionCookie({ name, secret, subject: 'github|1', now: NOW });
      assert.ok(cookie.startsWith(`${name}=`));
      const { payload } = await open(valueOf(cookie), name);
      assert.equal(payload.sub, 'github|1');
      assert.deepEqual([payload.iat, payload.exp], [NOW, NOW + 300]);
      assert.match(payload.jti ?? '', /^[0-9a-f-]{36}$/);
    });
  }

  it('has the header of its version of Auth.js', async () => {
    const header = async (name: SessionCookieName): Promise<object> =>
      (await open(valueOf(await sessionCookie({ name, secret, subject: 'ann', now: NOW })), name))
        .protectedHeader;
    const { kid, ...v5 } = (await header(PLAIN)) as { kid: string };
    assert.deepEqual(v5, { alg: 'dir', enc: 'A256CBC-HS512' });
    assert.equal(Buffer.from(kid, 'base64url').length, 64);
    assert.deepEqual(await header(V4), { alg: 'dir', enc: 'A256GCM' });
  });

  it('is of use under no other name and with no other secret', async () => {
    const value = valueOf(await sessionCookie({ name: PLAIN, secret, subject: 'ann', now: NOW }));
    await open(value, PLAIN);
    await assert.rejects(open(value, SECURE), { code: 'ERR_JWE_DECRYPTION_FAILED' });
    await assert.rejects(open(value, PLAIN, 'another-auth-secret'), { code: 'ERR_JWE_DECRYPTION_FAILED' });
  });

  it('takes more claims and another lifetime, and leaves the subject alone', async () => {
    const claims = { email: 'ann@example.test', sub: 'bob' };
    const cookie = await sessionCookie({
      name: PLAIN,
      secret,
      subject: 'ann',
      claims,
      lifetime: 60,
      now: NOW,
    });
    const { payload } = await open(valueOf(cookie), PLAIN);
    assert.deepEqual([payload.sub, payload.email, payload.exp], ['ann', 'ann@example.test', NOW + 60]);
  });

  it('is cut into pieces where it is too long for one cookie', async () => {
    const claims = { pad: 'p'.repeat(4000) };
    const cookie = await sessionCookie({ name: PLAIN, secret, subject: 'ann', claims, now: NOW });
    const pieces = cookie.split('; ').map(piece => piece.split('='));
    assert.deepEqual(
      pieces.map(([name]) => name),
      [`${PLAIN}.0`, `${PLAIN}.1`],
    );
    assert.equal(pieces[0]![1]!.length, 3936);
    const { payload } = await open(pieces.map(([, value]) => value).join(''), PLAIN);
    assert.equal(payload.pad, claims.pad);
  });

  it('is refused a blank subject and an empty secret, without a word of the secret', async () => {
    const refused = async (options: { subject: string; secret: Secret }): Promise<unknown> =>
      sessionCookie({ name: PLAIN, ...options }).then(
        () => undefined,
        (error: unknown) => error,
      );
    const blank = await refused({ subject: ' ', secret });
    assert.ok(blank instanceof CannotMint);
    assert.doesNotMatch(inspect(blank), new RegExp(TEXT));
    const empty = await refused({ subject: 'ann', secret: new Secret('') });
    assert.ok(empty instanceof CannotMint);
    assert.equal(empty.message, 'AUTH_SECRET is empty.');
  });
});

describe('the session cookie of an app', () => {
  it('is known by the CSRF cookie beside it', () => {
    const names = [
      'authjs.csrf-token',
      '__Host-authjs.csrf-token',
      'next-auth.csrf-token',
      '__Host-next-auth.csrf-token',
    ];
    assert.deepEqual(names.map(sessionCookieBeside), SESSION_COOKIES);
    assert.equal(sessionCookieBeside('my.csrf-token'), undefined);
    assert.equal(sessionCookieBeside('authjs.callback-url'), undefined);
  });
});
