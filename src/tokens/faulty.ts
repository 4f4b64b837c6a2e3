import { TOKEN_ALGORITHM } from '../flux/claims';
import { AUTHENTICATED } from '../flux/engine';
import { Secret } from '../flux/secret';

/** What can be wrong with a token. `empty` is a header without one. */
export const TOKEN_FAULTS = [
  'empty',
  'garbage',
  'wrong-secret',
  'expired',
  'alg-none',
  'no-sub',
  'no-role',
] as const;
export type TokenFault = (typeof TOKEN_FAULTS)[number];

/** Seconds that are past every leeway. */
const LONG_AGO = 3600;
const LIFETIME = 300;

export interface FaultyTokenOptions {
  readonly subject: string;
  readonly secret: Secret;
  readonly role?: string | undefined;
  /** Unix seconds. */
  readonly now: number;
}

/** A token that is like a right one but for one fault; the gateway has to refuse it. */
export async function mintFaultyToken(
  fault: TokenFault,
  { subject, secret, role = AUTHENTICATED, now }: FaultyTokenOptions,
): Promise<string> {
  const life =
    fault === 'expired'
      ? { iat: now - 2 * LONG_AGO, exp: now - LONG_AGO }
      : { iat: now, exp: now + LIFETIME };
  const claims = {
    ...(fault !== 'no-sub' && { sub: subject }),
    ...(fault !== 'no-role' && { role }),
    ...life,
  };
  switch (fault) {
    case 'empty':
      return '';
    case 'garbage':
      return 'this-is-no-token';
    case 'alg-none':
      return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;
    case 'wrong-secret':
      return sign(claims, new Secret('not-the-secret-of-any-project-0123456789'));
    case 'expired':
    case 'no-sub':
    case 'no-role':
      return sign(claims, secret);
  }
}

async function sign(claims: Record<string, unknown>, secret: Secret): Promise<string> {
  const { SignJWT } = await import('jose');
  return new SignJWT(claims)
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: 'JWT' })
    .sign(new TextEncoder().encode(secret.reveal()));
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
