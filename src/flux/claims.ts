import type { Engine } from './engine';

/** Claims of the project JWT that an app signs for the gateway; times are Unix seconds. */
export interface ProjectClaims {
  readonly sub: string;
  readonly role: string;
  readonly iat: number;
  readonly exp: number;
}

/** The only signature algorithm the gateway and PostgREST accept with a project secret. */
export const TOKEN_ALGORITHM = 'HS256';
/** Seconds a token lives unless a person says otherwise; the guide's own figure. */
export const DEFAULT_TOKEN_LIFETIME = 300;
/** PostgREST refuses shorter HS256 secrets (RFC 7518 §3.2). */
export const MINIMUM_SECRET_BYTES = 32;

/** Claims that reach PostgreSQL on v2: the gateway signs a new token with only these. */
export const V2_FORWARDED_CLAIMS = ['sub', 'email', 'role', 'tenant_id', 'iat', 'nbf', 'exp'] as const;

/** Seconds by which `exp` and `nbf` may be off before the edge refuses a token. */
export function clockLeeway(engine: Engine): number {
  return engine === 'v1_dedicated' ? 30 : 0;
}

/**
 * Whether PostgREST can read a subject. A `sub` with a colon must parse as a URI (RFC 7519 StringOrURI);
 * `oidc:azure|x` and `user:with space` answer 401 PGRST301 on both engines.
 */
export function isReadableSubject(subject: string): boolean {
  const colon = subject.indexOf(':');
  if (colon === -1) return true;
  const scheme = subject.slice(0, colon);
  const rest = subject.slice(colon + 1);
  return (
    /^[A-Za-z][A-Za-z0-9+.-]*$/.test(scheme) &&
    /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(rest)
  );
}
