import { hkdfSync, randomUUID } from 'node:crypto';
import type { Secret } from '../flux/secret';
import { CannotMint } from './mint';

/** Seconds a session lives that is made for one request. */
const LIFETIME = 300;
/** Characters of a cookie's value above which Auth.js splits it: 4096 less what the attributes may take. */
const CHUNK = 3936;

/** Names that Auth.js v5 and next-auth v4 give the session cookie, over http and over https. */
export const SESSION_COOKIES = [
  'authjs.session-token',
  '__Secure-authjs.session-token',
  'next-auth.session-token',
  '__Secure-next-auth.session-token',
] as const;
export type SessionCookieName = (typeof SESSION_COOKIES)[number];

export interface SessionCookieOptions {
  readonly name: SessionCookieName;
  /** AUTH_SECRET of the app. */
  readonly secret: Secret;
  readonly subject: string;
  /** More claims of the session, such as `name` and `email`. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Seconds; five minutes unless given. */
  readonly lifetime?: number;
  /** Unix seconds. */
  readonly now?: number;
}

/**
 * Makes the session cookie that Auth.js sets at sign-in, as a `Cookie` header has it. It is a live credential.
 * @throws {CannotMint} for a blank subject or an empty secret
 */
export async function sessionCookie(options: SessionCookieOptions): Promise<string> {
  const { name, secret, subject, claims, lifetime = LIFETIME } = options;
  if (subject.trim() === '') throw new CannotMint('A session needs a subject: the id that owns the rows.');
  if (secret.byteLength === 0) throw new CannotMint('AUTH_SECRET is empty.');
  const now = options.now ?? Math.floor(Date.now() / 1000);
  const { EncryptJWT, base64url, calculateJwkThumbprint } = await import('jose');
  const { key, enc } = sessionKey(name, secret);
  const value = await new EncryptJWT({ ...claims, sub: subject })
    .setProtectedHeader({
      alg: 'dir',
      enc,
      // v4 names no key.
      ...(!isV4(name) && {
        kid: await calculateJwkThumbprint({ kty: 'oct', k: base64url.encode(key) }, 'sha512'),
      }),
    })
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .setJti(randomUUID())
    .encrypt(key);
  return inChunks(name, value);
}

/** The session cookie's name in an app by the name of its CSRF cookie; undefined for a cookie of another kind. */
export function sessionCookieBeside(csrfCookie: string): SessionCookieName | undefined {
  const [, host, family] = /^(__Host-|__Secure-)?(authjs|next-auth)\.csrf-token$/.exec(csrfCookie) ?? [];
  if (family !== 'authjs' && family !== 'next-auth') return undefined;
  return host === undefined ? `${family}.session-token` : `__Secure-${family}.session-token`;
}

/** Each name has a key of its own (v5); v4 has one for all. */
function sessionKey(name: SessionCookieName, secret: Secret): { key: Uint8Array; enc: string } {
  const derive = (salt: string, info: string, bytes: number): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret.reveal(), salt, info, bytes));
  return isV4(name)
    ? { key: derive('', 'NextAuth.js Generated Encryption Key', 32), enc: 'A256GCM' }
    : { key: derive(name, `Auth.js Generated Encryption Key (${name})`, 64), enc: 'A256CBC-HS512' };
}

function isV4(name: SessionCookieName): boolean {
  return name.includes('next-auth');
}

function inChunks(name: string, value: string): string {
  if (value.length <= CHUNK) return `${name}=${value}`;
  const count = Math.ceil(value.length / CHUNK);
  return Array.from(
    { length: count },
    (_, index) => `${name}.${index}=${value.slice(index * CHUNK, (index + 1) * CHUNK)}`,
  ).join('; ');
}
