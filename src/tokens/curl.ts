import type { Engine } from '../flux/engine';

/** A request to the gateway, as a person repeats it. */
export interface GatewayRequest {
  readonly gatewayUrl: string;
  readonly method: string;
  /** Path and query, with the slash. */
  readonly path: string;
  readonly engine?: Engine | undefined;
  readonly schema?: string | undefined;
  /** `Prefer: return=minimal` and the like. */
  readonly headers?: readonly string[];
  /** JSON; nothing or empty without a body. */
  readonly body?: string | undefined;
  /** The token itself, or a shell variable such as `$FLUX_TOKEN`; undefined for a request without one. */
  readonly token: string | undefined;
}

export interface CurlOptions {
  readonly gatewayUrl: string;
  /** Table to ask for, or nothing for the root document. */
  readonly table?: string | undefined;
  readonly engine?: Engine | undefined;
  readonly schema?: string | undefined;
  /** The token itself, or a shell variable such as `$FLUX_TOKEN`. */
  readonly token: string;
}

/** A command line that asks the gateway as the token's subject; for POSIX shells. */
export function curlLine(options: CurlOptions): string {
  return curlRequest({ ...options, method: 'GET', path: pathOf(options.table) });
}

/** A command line that sends a request; for POSIX shells. */
export function curlRequest(request: GatewayRequest): string {
  const { method, body = '', token } = request;
  const flags = method === 'GET' ? [] : [method === 'HEAD' ? '-I' : `-X ${method}`];
  return [
    ['curl -i', ...flags].join(' '),
    quote(urlOf(request)),
    ...(token === undefined ? [] : [`-H ${authorization(token)}`]),
    ...headersOf(request).map(header => `-H ${quote(header)}`),
    ...(body === '' ? [] : [`-d ${quote(body)}`]),
  ].join(' ');
}

/** Path of a table's first rows, or of the root document. */
export function pathOf(table: string | undefined): string {
  return table === undefined ? '/' : `/${encodeURIComponent(table)}?limit=10`;
}

export function urlOf({ gatewayUrl, path }: Pick<GatewayRequest, 'gatewayUrl' | 'path'>): string {
  return `${gatewayUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

/** All headers but the token's. On v2 the gateway writes the profile headers itself. */
export function headersOf({ method, engine, schema, headers = [], body = '' }: GatewayRequest): string[] {
  const reads = method === 'GET' || method === 'HEAD';
  const profile = reads ? 'Accept-Profile' : 'Content-Profile';
  return [
    ...(engine !== 'v2_shared' && schema !== undefined ? [`${profile}: ${schema}`] : []),
    ...(body === '' ? [] : ['Content-Type: application/json']),
    ...headers,
  ];
}

function authorization(token: string): string {
  return token.startsWith('$') ? `"Authorization: Bearer ${token}"` : quote(`Authorization: Bearer ${token}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
