import type { Secret } from '../flux/secret';
import { mintToken } from '../tokens/mint';
import { readAnswer, type Answer, type NoAnswer } from './answer';
import type { Evidence } from './verdict';

/** Milliseconds the gateway has for an answer; its own limit towards PostgREST is 8 s. */
const REQUEST_TIMEOUT = 12_000;
/** Seconds a token must still live to be used again. */
const TOKEN_MARGIN = 30;

/** The one thing the checklist needs from outside. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  readonly gatewayUrl: string;
  readonly schema?: string | undefined;
  readonly secret: Secret;
  readonly fetch: Fetch;
  /** Role claim of the tokens; `authenticated` unless given. */
  readonly role?: string | undefined;
  /** Unix seconds. */
  readonly now: () => number;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly table: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Undefined asks without a token. */
  readonly as: string | undefined;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly prefer?: string;
  readonly control?: boolean;
}

/** A request with its answer and what may be shown of both. */
export interface Exchange {
  readonly answer: Answer | NoAnswer;
  readonly evidence: Evidence;
}

/** Asks the gateway as one subject or as nobody. Tokens are made here and never leave. */
export class GatewayClient {
  readonly #tokens = new Map<string, { token: string; exp: number }>();

  constructor(private readonly options: ClientOptions) {}

  /** Sends one request; what goes wrong on the way is an answer, too. */
  async ask(request: Request, signal?: AbortSignal): Promise<Exchange> {
    const path = pathOf(request);
    const asked = performance.now();
    const answer = await this.#send(request, path, signal);
    return {
      answer,
      evidence: {
        method: request.method,
        path,
        as: request.as ?? 'nobody',
        body: '',
        headers: request.prefer === undefined ? [] : [`Prefer: ${request.prefer}`],
        expected: '',
        status: answer.status,
        code: answer.status === null ? null : (answer.code ?? null),
        answer: inWords(answer),
        control: request.control ?? false,
        milliseconds: performance.now() - asked,
      },
    };
  }

  /** PostgREST's OpenAPI document of the schema as a subject may see it; undefined when there is none. */
  async openApi(as: string, signal?: AbortSignal): Promise<unknown> {
    try {
      const response = await this.options.fetch(`${this.options.gatewayUrl.replace(/\/+$/, '')}/`, {
        headers: await this.#headers({ method: 'GET', table: '', as }),
        signal: signal ?? AbortSignal.timeout(REQUEST_TIMEOUT),
      });
      return response.ok ? await response.json() : undefined;
    } catch {
      return undefined;
    }
  }

  /** The expiry of the token last used for a subject, Unix seconds. */
  expiryOf(subject: string): number | undefined {
    return this.#tokens.get(subject)?.exp;
  }

  async #send(request: Request, path: string, signal: AbortSignal | undefined): Promise<Answer | NoAnswer> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT);
    try {
      const response = await this.options.fetch(`${this.options.gatewayUrl.replace(/\/+$/, '')}${path}`, {
        method: request.method,
        headers: await this.#headers(request),
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        ...(request.body && { body: JSON.stringify(request.body) }),
      });
      return await readAnswer(response);
    } catch (error) {
      if (signal?.aborted) return { status: null, reason: 'cancelled', message: 'cancelled' };
      if (timeout.aborted) {
        return { status: null, reason: 'timeout', message: `no answer within ${REQUEST_TIMEOUT / 1000} s` };
      }
      return { status: null, reason: 'unreachable', message: networkError(error) };
    }
  }

  async #headers(request: Request): Promise<Record<string, string>> {
    const { schema } = this.options;
    return {
      accept: 'application/json',
      ...(request.as !== undefined && { authorization: `Bearer ${await this.#token(request.as)}` }),
      ...(request.body && { 'content-type': 'application/json' }),
      ...(request.prefer !== undefined && { prefer: request.prefer }),
      // PostgREST without a gateway needs the profile; the gateway writes its own over it.
      ...(schema !== undefined && {
        [request.method === 'GET' ? 'accept-profile' : 'content-profile']: schema,
      }),
    };
  }

  async #token(subject: string): Promise<string> {
    const now = this.options.now();
    const known = this.#tokens.get(subject);
    if (known && known.exp - TOKEN_MARGIN > now) return known.token;
    const { secret, role } = this.options;
    const { token, claims } = await mintToken({ subject, secret, now, ...(role !== undefined && { role }) });
    this.#tokens.set(subject, { token, exp: claims.exp });
    return token;
  }
}

function pathOf({ table, query }: Request): string {
  const search = new URLSearchParams(query).toString();
  return `/${encodeURIComponent(table)}${search === '' ? '' : `?${search}`}`;
}

function inWords(answer: Answer | NoAnswer): string {
  if (answer.status === null) return answer.message;
  if (answer.message !== undefined) return answer.message;
  if (answer.rows) return `${answer.rows.length} row${answer.rows.length === 1 ? '' : 's'}`;
  return answer.total === undefined
    ? 'no body'
    : `${answer.total} row${answer.total === 1 ? '' : 's'} affected`;
}

/** `fetch failed` says nothing; its cause does. */
function networkError(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
