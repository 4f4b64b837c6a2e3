/** Why a database could not be worked with. */
export type UnreachableKind =
  | 'bad-url'
  | 'refused'
  | 'unknown-host'
  | 'timeout'
  | 'password'
  | 'database-missing'
  | 'ssl-required'
  | 'ssl-refused'
  | 'certificate'
  | 'lost'
  | 'other';

/** A database that cannot be reached, in one sentence that holds no password and has no cause that could. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';

  constructor(
    readonly kind: UnreachableKind,
    message: string,
  ) {
    super(message);
  }
}

/** The parts of a connection URL that may be shown. */
export interface DatabaseAddress {
  /** `host:port`. */
  readonly host: string;
  readonly database: string;
  readonly user: string;
}

const DEFAULT_PORT = '5432';

/**
 * What of a `postgres://` URL may be shown.
 * @throws {DatabaseUnreachable} of kind `bad-url`
 */
export function databaseAddress(url: string): DatabaseAddress {
  // The error of `new URL` holds its whole input, password and all.
  if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url)) throw badUrl();
  const { hostname, port, pathname, username, searchParams } = new URL(url);
  try {
    const user = searchParams.get('user') ?? decodeURIComponent(username);
    return {
      host: `${searchParams.get('host') ?? decodeURIComponent(hostname)}:${searchParams.get('port') ?? (port === '' ? DEFAULT_PORT : port)}`,
      database: decodeURIComponent(pathname.slice(1)) || user,
      user,
    };
  } catch {
    throw badUrl();
  }
}

/**
 * How people know a database: `postgres at localhost:5432`.
 * @throws {DatabaseUnreachable} of kind `bad-url`
 */
export function databaseName(url: string): string {
  const { database, host } = databaseAddress(url);
  return `${database} at ${host}`;
}

function badUrl(): DatabaseUnreachable {
  return new DatabaseUnreachable(
    'bad-url',
    'The database URL cannot be read: it is postgres://user:password@host:port/database, with reserved characters of the password written as %XX.',
  );
}

/** What pg or Node.js tell when a connection fails. */
interface ConnectionError {
  readonly code?: string;
  readonly message?: string;
}

const KINDS: Readonly<Record<string, UnreachableKind>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'lost',
  EPIPE: 'lost',
  '57P01': 'lost',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'timeout',
  ENETUNREACH: 'timeout',
  '28P01': 'password',
  '3D000': 'database-missing',
  CERT_HAS_EXPIRED: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
};

/** Says why a connection failed; `error` is looked at and not kept. */
export function unreachable(error: unknown, address: DatabaseAddress): DatabaseUnreachable {
  const { code = '', message = '' } = firstOf(error);
  const kind = KINDS[code] ?? kindOfMessage(code, message);
  return new DatabaseUnreachable(kind, SENTENCES[kind](address, code));
}

/** A host with several addresses fails with one error for each. */
function firstOf(error: unknown): ConnectionError {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return typeof first === 'object' && first !== null ? first : {};
}

function kindOfMessage(code: string, message: string): UnreachableKind {
  if (/does not support SSL/i.test(message)) return 'ssl-refused';
  if (code === '28000') return /no encryption|SSL off/i.test(message) ? 'ssl-required' : 'password';
  if (/password must be a (?:non-empty )?string|password authentication/i.test(message)) return 'password';
  if (/timeout|timed out/i.test(message)) return 'timeout';
  if (/terminated|closed/i.test(message)) return 'lost';
  return 'other';
}

const SENTENCES: Readonly<Record<UnreachableKind, (address: DatabaseAddress, code: string) => string>> = {
  'bad-url': () => badUrl().message,
  refused: ({ host }) =>
    `Nothing answers at ${host}: start the database, or correct the host and port in the database URL.`,
  'unknown-host': ({ host }) => `There is no host ${host}: correct it in the database URL.`,
  timeout: ({ host }) => `${host} does not answer in time: check the network, VPN or firewall on the way.`,
  password: ({ host, user }) => `${host} refuses ${user}: correct the user and password in the database URL.`,
  'database-missing': ({ host, database }) =>
    `There is no database ${database} at ${host}: correct its name in the database URL.`,
  'ssl-required': ({ host }) =>
    `${host} takes encrypted connections only: add ?sslmode=require to the database URL.`,
  'ssl-refused': ({ host }) => `${host} has no SSL: take sslmode out of the database URL.`,
  certificate: ({ host }) =>
    `The certificate of ${host} cannot be verified: add sslrootcert=<file> of its authority to the database URL.`,
  lost: ({ host }) => `${host} closed the connection: try again.`,
  other: ({ host }, code) => `${host} cannot be reached${code === '' ? '' : ` (${code})`}.`,
};
