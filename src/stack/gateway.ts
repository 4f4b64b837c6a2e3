import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { TOKEN_ALGORITHM } from '../flux/claims';
import type { TenantNames } from '../flux/names';
import type { Secret } from '../flux/secret';

/** Milliseconds the gateway waits for PostgREST before it answers 504; the request itself goes on. */
const UPSTREAM_TIMEOUT = 8_000;
/** Seconds the token towards PostgREST lives. */
const BRIDGE_LIFETIME = 300;

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'proxy-authorization',
  'proxy-authenticate',
]);
const IDENTITY_HEADERS = new Set(['x-user-id', 'x-role', 'x-tenant-id']);

const SILENT_ASSETS = new Set([
  '/favicon.ico',
  '/apple-touch-icon.png',
  '/apple-touch-icon-precomposed.png',
  '/site.webmanifest',
  '/browserconfig.xml',
]);
const ASSET = /\.(?:ico|png|jpe?g|gif|svg|webp|css|js|mjs|map|txt|xml|woff2?|ttf|eot)$/i;
const SCANNER =
  /^\/(?:\.well-known|\.env|\.git|wp-admin|wp-login\.php|phpmyadmin|server-status|xmlrpc\.php|cgi-bin|admin|administrator)\b/i;

export interface GatewayOptions {
  readonly upstream: string;
  readonly tenant: TenantNames;
  readonly tenantId: string;
  /** What apps sign with. */
  readonly projectSecret: Secret;
  /** What PostgREST checks with. */
  readonly bridgeSecret: Secret;
  readonly port: number;
}

/**
 * The v2 edge on 127.0.0.1: it refuses whatever lacks a valid project JWT, and hands on the rest as the tenant's role.
 * Bodies, headers and order of the refusals are those of the platform's gateway.
 */
export class Gateway {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(options: GatewayOptions): Promise<Gateway> {
    const server = createServer((request, response) => {
      void answer(request, response, options);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, '127.0.0.1', resolve);
    });
    return new Gateway(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    await new Promise<void>(resolve => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: GatewayOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://gateway');
  if (answerWithoutTenant(url.pathname, response)) return;
  if (!isLocalHost(request.headers.host)) {
    refuse(response, 404, 'tenant not found');
    return;
  }
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) {
    refuse(response, 401, 'authorization required');
    return;
  }
  const bridge = await bridgeToken(token, options);
  if (bridge === undefined) {
    refuse(response, 401, 'invalid or expired token');
    return;
  }
  await forward(request, response, url, bridge, options);
}

/** Health checks and stray browser traffic never reach a tenant. */
function answerWithoutTenant(path: string, response: ServerResponse): boolean {
  if (path === '/health') json(response, 200, { status: 'ok' });
  else if (path === '/health/deep') json(response, 200, { ok: true, db: 'up', redis: null });
  else if (path === '/robots.txt') {
    response
      .writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
      .end('User-agent: *\nDisallow: /\n');
  } else if (SILENT_ASSETS.has(path)) response.writeHead(204).end();
  else if (SCANNER.test(path) || ASSET.test(path)) refuse(response, 404, 'not found');
  else return false;
  return true;
}

function isLocalHost(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host ?? '');
}

function bearerToken(authorization: string | undefined): string | undefined {
  const header = authorization?.trim() ?? '';
  if (!header.toLowerCase().startsWith('bearer ')) return undefined;
  return header.slice('bearer '.length).trim() || undefined;
}

/** The token PostgREST gets: the tenant's role whatever the app's token says, and nothing but `sub` and `email` of it. */
async function bridgeToken(token: string, options: GatewayOptions): Promise<string | undefined> {
  const { jwtVerify, SignJWT } = await import('jose');
  const key = (secret: Secret): Uint8Array => new TextEncoder().encode(secret.reveal());
  let claims;
  try {
    claims = (await jwtVerify(token, key(options.projectSecret), { algorithms: [TOKEN_ALGORITHM] })).payload;
  } catch {
    return undefined;
  }
  const subject = typeof claims.sub === 'string' ? claims.sub.trim() : '';
  if (subject === '') return undefined;
  const email = typeof claims.email === 'string' && claims.email !== '' ? { email: claims.email } : {};
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ role: options.tenant.role, tenant_id: options.tenantId, sub: subject, ...email })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM })
    .setIssuedAt(now)
    .setNotBefore(now - 5)
    .setExpirationTime(now + BRIDGE_LIFETIME)
    .sign(key(options.bridgeSecret));
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  bridge: string,
  options: GatewayOptions,
): Promise<void> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'host' || HOP_BY_HOP.has(name) || IDENTITY_HEADERS.has(name) || value === undefined)
      continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  headers.set('authorization', `Bearer ${bridge}`);
  headers.set('x-tenant-id', options.tenantId);
  headers.set('accept-profile', options.tenant.schema);
  headers.set('content-profile', options.tenant.schema);

  const method = request.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  try {
    const upstream = await fetch(new URL(url.pathname + url.search, options.upstream), {
      method,
      headers,
      signal: AbortSignal.timeout(UPSTREAM_TIMEOUT),
      ...(hasBody && { body: Readable.toWeb(request), duplex: 'half' }),
    });
    response.writeHead(
      upstream.status,
      Object.fromEntries(
        [...upstream.headers].filter(([name]) => !HOP_BY_HOP.has(name) && !IDENTITY_HEADERS.has(name)),
      ),
    );
    if (upstream.body) Readable.fromWeb(upstream.body).pipe(response);
    else response.end();
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    if (timedOut) refuse(response, 504, 'upstream timeout');
    else refuse(response, 502, 'upstream error');
  }
}

function refuse(response: ServerResponse, status: number, error: string): void {
  json(response, status, { error });
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
