import { clockLeeway, isReadableSubject, V2_FORWARDED_CLAIMS } from '../flux/claims';
import { AUTHENTICATED, ENGINES, SERVICE_ROLE, type Engine } from '../flux/engine';
import { formatDuration } from './duration';

/** Something about a token that the edge refuses, or that PostgreSQL will see otherwise than meant. */
export interface Objection {
  /** True when the request is refused, false when it runs, but not as meant. */
  readonly refused: boolean;
  readonly message: string;
  /** What to change where the token is made. */
  readonly fix: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** Seconds over which a token counts as long-lived. */
const LONG_LIFETIME = 3600;

/** What the engine objects to in the claims; without an engine, what either one does, each said once. */
export function objectionsTo(claims: Claims, engine: Engine | undefined, now: number): Objection[] {
  const found = new Map<string, Objection>();
  for (const candidate of engine === undefined ? ENGINES : [engine]) {
    const where = engine === undefined ? ` on ${candidate === 'v2_shared' ? 'v2' : 'v1'}` : '';
    for (const objection of [
      ...timeObjections(claims, candidate, now, where),
      ...subjectObjections(claims, candidate, where),
      ...roleObjections(claims, candidate, where),
      ...droppedClaims(claims, candidate, where),
    ]) {
      found.set(objection.message, objection);
    }
  }
  return [...found.values()];
}

function timeObjections(claims: Claims, engine: Engine, now: number, where: string): Objection[] {
  const { exp, nbf, iat } = claims;
  const leeway = clockLeeway(engine);
  const objections: Objection[] = [];
  const short = 'Set exp to five minutes after iat: .setExpirationTime("5m").';
  if (exp === undefined) {
    objections.push(runs('It has no exp: it never expires.', short));
  } else if (typeof exp !== 'number') {
    objections.push(refused('exp is not a number (401).', 'Set exp to Unix seconds, as a number.'));
  } else if (exp + leeway <= now) {
    objections.push(
      refused(
        `It expired ${formatDuration(now - exp)} ago (401)${where}.`,
        'Sign a new token for each call, or renew it before exp.',
      ),
    );
  } else if (typeof iat === 'number' && exp - iat > LONG_LIFETIME) {
    objections.push(runs(`It lives ${formatDuration(exp - iat)}; whoever finds it has that long.`, short));
  }
  if (typeof nbf === 'number' && nbf - leeway > now) {
    objections.push(
      refused(
        `It is valid only in ${formatDuration(nbf - now)} (nbf, 401)${where}.`,
        'Leave nbf out, or compare the clocks.',
      ),
    );
  }
  if (engine === 'v1_dedicated' && typeof iat === 'number' && iat - leeway > now) {
    objections.push(
      refused(
        `It was issued in the future (iat, 401)${where}: compare the clocks.`,
        'Set iat to the seconds of now: milliseconds are a thousand times too many.',
      ),
    );
  }
  return objections;
}

function subjectObjections({ sub }: Claims, engine: Engine, where: string): Objection[] {
  const setSubject = 'Set sub to the id of the signed-in user: .setSubject(session.user.id).';
  if (sub !== undefined && sub !== null && typeof sub !== 'string') {
    return [refused('sub is not a string (401).', 'Write the id as text: String(id).')];
  }
  if (typeof sub !== 'string' || sub.trim() === '') {
    return engine === 'v2_shared'
      ? [refused(`It has no sub (401)${where}.`, setSubject)]
      : [runs(`It has no sub: auth.uid() is NULL${where}, so owner policies match nothing.`, setSubject)];
  }
  if (!isReadableSubject(sub)) {
    return [
      refused(
        'sub has a colon and is no URI: PostgREST refuses it (401 PGRST301).',
        'Take an id without a colon, or put another sign in its place, in the owner column as well.',
      ),
    ];
  }
  if (sub !== sub.trim()) {
    return [
      runs(
        engine === 'v2_shared'
          ? `sub has blanks around it, which the gateway removes${where}.`
          : `sub has blanks around it: it matches only rows whose owner has them, too${where}.`,
        'Trim the id before it is signed.',
      ),
    ];
  }
  return [];
}

function roleObjections({ role }: Claims, engine: Engine, where: string): Objection[] {
  if (engine === 'v2_shared' || role === AUTHENTICATED) return [];
  const fix = `Sign with role "${AUTHENTICATED}".`;
  if (role === undefined) return [runs(`It has no role: the request runs as anon${where}.`, fix)];
  if (role === SERVICE_ROLE || role === 'postgres') {
    return [runs(`Role ${role} is above every policy${where}: it sees and changes every row.`, fix)];
  }
  return role === 'anon'
    ? [runs(`The request runs as anon${where}.`, fix)]
    : [refused(`Role ${JSON.stringify(role)} is not one the project serves (400, 22023)${where}.`, fix)];
}

function droppedClaims(claims: Claims, engine: Engine, where: string): Objection[] {
  if (engine === 'v1_dedicated') return [];
  const forwarded: readonly string[] = V2_FORWARDED_CLAIMS;
  const dropped = Object.keys(claims).filter(
    name => !forwarded.includes(name) && !['aud', 'iss', 'jti'].includes(name),
  );
  return dropped.length === 0
    ? []
    : [
        runs(
          `${dropped.join(', ')} ${dropped.length === 1 ? 'does' : 'do'} not reach PostgreSQL${where}: the gateway hands on sub and email only.`,
          'Let policies look it up in a table by auth.uid(), instead of reading it from the token.',
        ),
      ];
}

function refused(message: string, fix: string): Objection {
  return { refused: true, message, fix };
}

function runs(message: string, fix: string): Objection {
  return { refused: false, message, fix };
}
