import type { Fetch } from './gateway-client';

/** Milliseconds for an answer: `next dev` builds a route when it is first asked for. */
const TIMEOUT = 30_000;

/** What the app answered, and no cookie of it but the names. */
export interface AppReply {
  readonly status: number;
  /** The parsed body; undefined when it is no JSON. */
  readonly json: unknown;
  readonly contentType: string;
  /** Path of a redirect, without its query. */
  readonly location: string | undefined;
  readonly cookieNames: readonly string[];
  readonly milliseconds: number;
}

/** No answer came, and why. */
export interface NoReply {
  readonly status: null;
  readonly reason: 'unreachable' | 'timeout' | 'cancelled';
  readonly message: string;
  readonly milliseconds: number;
}

export interface AppClientOptions {
  readonly origin: string;
  readonly fetch: Fetch;
  /** Milliseconds; {@link TIMEOUT} unless given. */
  readonly timeout?: number | undefined;
}

/** Asks an app, follows no redirect, and keeps what it sent out of what it hands on. */
export class AppClient {
  constructor(private readonly options: AppClientOptions) {}

  async get(path: string, cookie?: string, signal?: AbortSignal): Promise<AppReply | NoReply> {
    const { origin, fetch, timeout = TIMEOUT } = this.options;
    const limit = AbortSignal.timeout(timeout);
    const asked = performance.now();
    const milliseconds = (): number => performance.now() - asked;
    try {
      const response = await fetch(`${origin}${path}`, {
        headers: { accept: 'application/json', ...(cookie !== undefined && { cookie }) },
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      return {
        status: response.status,
        json: parseJson(without(cookie, await response.text())),
        contentType: (response.headers.get('content-type') ?? '').replace(/;.*$/, ''),
        location: pathOf(response.headers.get('location'), origin),
        cookieNames: response.headers.getSetCookie().map(line => line.replace(/=.*$/s, '')),
        milliseconds: milliseconds(),
      };
    } catch (error) {
      const failed = { status: null, milliseconds: milliseconds() } as const;
      if (signal?.aborted) return { ...failed, reason: 'cancelled', message: 'cancelled' };
      if (limit.aborted) {
        return { ...failed, reason: 'timeout', message: `no answer within ${timeout / 1000} s` };
      }
      return { ...failed, reason: 'unreachable', message: networkError(error) };
    }
  }
}

/** An app that echoes its request must not bring the session into a report. */
function without(cookie: string | undefined, text: string): string {
  const values = (cookie ?? '').split('; ').map(pair => pair.slice(pair.indexOf('=') + 1));
  return values.filter(Boolean).reduce((rest, value) => rest.replaceAll(value, '[session]'), text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function pathOf(location: string | null, origin: string): string | undefined {
  if (location === null || !URL.canParse(location, origin)) return undefined;
  const url = new URL(location, origin);
  return url.origin === origin ? url.pathname : url.origin + url.pathname;
}

function networkError(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string }; message: string };
  return cause?.code ?? message;
}
