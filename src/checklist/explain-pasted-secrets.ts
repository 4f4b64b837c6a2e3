/** A text without what must not be kept of it. */
export interface Cleaned {
  readonly text: string;
  readonly dropped: boolean;
  /** A Bearer token was in an Authorization header. */
  readonly hadToken: boolean;
}

const SECRET_NAMES =
  'authorization|proxy-authorization|apikey|api-key|x-api-key|access_token|refresh_token|id_token|jwt|password|passwd|secret|client_secret';
// A cookie's value goes on behind its semicolons, to the end of its line or of the quotes around it.
const COOKIES = /\b((?:set-)?cookie["']?\s*[:=]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\n"']+)/gi;
const NAMED = new RegExp(
  String.raw`(?<![\w-])((?:[\w-]*(?:${SECRET_NAMES}))["']?\s*[:=]\s*)(?:"[^"\n]*"|'[^'\n]*'|(?:(?:bearer|basic|token)[^\S\n]+)?[^\s"',;&}]+)`,
  'gi',
);
const JWT = /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g;
const BEARER = /\b(bearer[^\S\n]+)["']?(?!token\b|error\b)[\w.~+/=-]{8,}["']?/gi;
const URL_PASSWORD = /(\b\w+:\/\/[^\s:/@]+:)[^\s@/]+@/g;

/** Takes tokens, cookies, keys and passwords out of a text. */
export function withoutSecrets(text: string): Cleaned {
  const hadToken =
    /\bauthorization["']?\s*[:=]\s*["']?bearer[^\S\n]+["']?(?:\$\{?\w+|[\w.~+/=-]+)/i.test(text) &&
    !/\bauthorization["']?\s*[:=]\s*["']?bearer[^\S\n]*["']?(?:error=|\n|$)/i.test(text);
  const cleaned = text
    .replace(COOKIES, '$1[dropped]')
    .replace(NAMED, '$1[dropped]')
    .replace(JWT, '[dropped]')
    .replace(BEARER, '$1[dropped]')
    .replace(URL_PASSWORD, '$1[dropped]@');
  return { text: cleaned, dropped: cleaned !== text, hadToken };
}
