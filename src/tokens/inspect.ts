import { TOKEN_ALGORITHM } from '../flux/claims';
import type { Engine } from '../flux/engine';
import type { Secret } from '../flux/secret';
import { objectionsTo, type Objection } from './objections';

export interface InspectOptions {
  /** Undefined when nothing tells: then what either engine objects to is said. */
  readonly engine?: Engine | undefined;
  /** With it the signature is checked. */
  readonly secret?: Secret | undefined;
  /** Unix seconds. */
  readonly now: number;
}

/** A decoded token and what the edge will say to it. */
export interface TokenInspection {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Seconds until `exp`, negative once it is past; undefined without one. */
  readonly remaining: number | undefined;
  readonly objections: readonly Objection[];
}

/**
 * Decodes a pasted token: bare, behind `Bearer`, in quotes, or in a whole `Authorization:` line.
 * @returns a sentence that says why, when the text is no token
 */
export async function inspectToken(
  pasted: string,
  options: InspectOptions,
): Promise<TokenInspection | string> {
  const token = bareToken(pasted);
  if (token === '') return 'There is no token here: paste the text after "Bearer".';
  const parts = token.split('.');
  if (parts.length !== 3)
    return `A token has three parts with a dot between them; this text has ${parts.length}.`;
  const header = decodePart(parts[0]);
  const claims = decodePart(parts[1]);
  if (!header || !claims) return 'This is no token: its header and claims are not base64url-encoded JSON.';
  const exp = typeof claims.exp === 'number' ? claims.exp : undefined;
  return {
    header,
    claims,
    remaining: exp === undefined ? undefined : exp - options.now,
    objections: [
      ...(await signatureObjections(token, header, options.secret)),
      ...objectionsTo(claims, options.engine, options.now),
    ],
  };
}

function bareToken(pasted: string): string {
  return pasted
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '')
    .replace(/^["']|["']$/g, '')
    .trim();
}

function decodePart(part: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function signatureObjections(
  token: string,
  header: Readonly<Record<string, unknown>>,
  secret: Secret | undefined,
): Promise<Objection[]> {
  const algorithm = header.alg;
  if (algorithm !== TOKEN_ALGORITHM) {
    const named = typeof algorithm === 'string' ? algorithm : 'no algorithm';
    return [
      {
        refused: true,
        message: `It is signed with ${named}; only ${TOKEN_ALGORITHM} is accepted (401).`,
        fix: `Sign with the project secret: .setProtectedHeader({ alg: "${TOKEN_ALGORITHM}" }).`,
      },
    ];
  }
  if (!secret) return [];
  const key = Buffer.from(secret.reveal(), 'utf8');
  if (await verifies(token, key)) return [];
  return [{ refused: true, ...(await wrongSecret(token, secret)) }];
}

/** Says how the secret was mistaken where that can be found out. */
async function wrongSecret(token: string, secret: Secret): Promise<Pick<Objection, 'message' | 'fix'>> {
  const text = secret.reveal();
  const mistakes: [mistake: string, fix: string, key: Uint8Array][] = [
    ['the secret and a line break', 'Trim the secret where it is read.', Buffer.from(`${text}\n`, 'utf8')],
    [
      'the base64-decoded secret',
      'Make the key with new TextEncoder().encode(secret), not from base64.',
      Buffer.from(text, 'base64'),
    ],
    [
      'the secret in quotes',
      'Take the quotes off where the secret is set: some hosts keep them.',
      Buffer.from(`"${text}"`, 'utf8'),
    ],
  ];
  for (const [mistake, fix, key] of mistakes) {
    if (key.length > 0 && (await verifies(token, key))) {
      return {
        message: `It is signed with ${mistake}; sign with the text of the secret as it is (401).`,
        fix,
      };
    }
  }
  return {
    message: 'It is not signed with this project’s secret (401).',
    fix: 'Compare the app’s secret with the project’s, and start the app again: it reads .env files once.',
  };
}

async function verifies(token: string, key: Uint8Array): Promise<boolean> {
  const { compactVerify } = await import('jose');
  return compactVerify(token, key, { algorithms: [TOKEN_ALGORITHM] }).then(
    () => true,
    () => false,
  );
}
