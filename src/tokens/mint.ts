import { DEFAULT_TOKEN_LIFETIME, TOKEN_ALGORITHM, type ProjectClaims } from '../flux/claims';
import { AUTHENTICATED } from '../flux/engine';
import type { Secret } from '../flux/secret';

export interface MintOptions {
  readonly subject: string;
  readonly secret: Secret;
  /** `authenticated` unless given; v2 ignores it. */
  readonly role?: string;
  /** Seconds; {@link DEFAULT_TOKEN_LIFETIME} unless given. */
  readonly lifetime?: number;
  /** Claims beside the four that every token has. */
  readonly extraClaims?: Readonly<Record<string, unknown>>;
  /** The extra claims take the place of {@link OWN_CLAIMS}, too: for a token that is wrong on purpose. */
  readonly override?: boolean;
  /** Unix seconds. */
  readonly now?: number;
}

/** The claims that a token has by itself. */
export const OWN_CLAIMS = ['sub', 'role', 'iat', 'exp'] as const;

/** A signed token and what it says. The token is a live credential: hand it over only where it was asked for. */
export interface MintedToken {
  readonly token: string;
  readonly claims: ProjectClaims & Readonly<Record<string, unknown>>;
}

/** What keeps a token from being made, in one sentence. */
export class CannotMint extends Error {
  override readonly name = 'CannotMint';
}

/**
 * Signs a project JWT (HS256) for one subject, as an app does before it calls the gateway.
 * @throws {CannotMint} for a blank subject, an empty secret, or a time that is overridden by what is no number
 */
export async function mintToken(options: MintOptions): Promise<MintedToken> {
  const { subject, secret, role = AUTHENTICATED, lifetime = DEFAULT_TOKEN_LIFETIME } = options;
  if (subject.trim() === '') throw new CannotMint('A token needs a subject: the id that owns the rows.');
  if (secret.byteLength === 0) throw new CannotMint('The project secret is empty.');
  const iat = options.now ?? Math.floor(Date.now() / 1000);
  const own: ProjectClaims = { sub: subject, role, iat, exp: iat + lifetime };
  const { extraClaims, override } = options;
  const claims = override ? { ...own, ...extraClaims } : { ...extraClaims, ...own };
  for (const time of ['iat', 'exp'] as const) {
    if (typeof claims[time] !== 'number') throw new CannotMint(`${time} is a number of seconds since 1970.`);
  }
  const { SignJWT } = await import('jose');
  const token = await new SignJWT({ ...options.extraClaims, ...claims })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: 'JWT' })
    .sign(new TextEncoder().encode(secret.reveal()));
  return { token, claims };
}
