import type { Secret } from '../flux/secret';
import { mintFaultyToken, type TokenFault } from '../tokens/faulty';
import { mintToken } from '../tokens/mint';
import { readAnswer, type Answer, type NoAnswer } from './answer';
import { bodyInWords, inWords } from './evidence';
import type { Ideal } from './ideal';
import { Pace, type PaceOptions, type Wait } from './pace';
import type { Evidence } from './verdict';

/** Milliseconds the gateway has for an answer; its own limit towards PostgREST is 8 s. */
const REQUEST_TIMEOUT = 12_000;
/** Seconds a token must still live to be used again. */
const TOKEN_MARGIN = 30;
/** Media type with which PostgREST rolls back whatever reaches more or fewer than one row. */
const SINGLE_OBJECT = 'application/vnd.pgrst.object+json';

/** The one thing the checklist needs from outside. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions extends PaceOptions {
  readonly gatewayUrl: string;
  readonly schema?: string | undefined;
  readonly secret: Secret;
  readonly fetch: Fetch;
  /** Role claim of the tokens; `authenticated` unless given. */
  readonly role?: string | undefined;
  /** Claims that a subject's tokens carry besides. */
  readonly claims?: ((subject: string) => Readonly<Record<string, unknown>>) | undefined;
  /** Milliseconds to wait for one answer; 12 s unless given. */
  readonly timeout?: number | undefined;
  /** Unix seconds. */
  readonly now: () => number;
}

/** Who asks: a subject, nobody, or somebody whose token has a fault. */
export type Caller = string | undefined | { readonly subject: string; readonly fault: TokenFault };

export type Row = Readonly<Record<string, unknown>>;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** A table or view; `rpc/name` for a function. */
  readonly table: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly as: Caller;
  readonly body?: Row | readonly Row[];
  readonly prefer?: string;
  /** Asks for one object: what reaches several rows, or none, is rolled back. */
  readonly single?: boolean;
  /** The column to be answered in a type that none of its values has, so that what reaches a row is rolled back. */
  readonly cast?: { readonly column: string; readonly type: string };
  readonly control?: boolean;
  /** Columns whose values may be shown. */
  readonly shown?: readonly string[];
  readonly ideal: Ideal;
}

/** A request with its answer and what may be shown of both. */
export interface Exchange {
  readonly answer: Answer | NoAnswer;
  readonly evidence: Evidence;
  /** Whether the request was guarded by a cast. */
  readonly cast: boolean;
}

/** Whoever answers requests: the gateway, or what it ideally says. */
export interface Asker {
  ask(request: Request, signal?: AbortSignal): Promise<Exchange>;
  /** The expiry of the token last used for a subject, Unix seconds. */
  expiryOf(subject: string): number | undefined;
}

/** Asks the gateway as one subject or as nobody. Tokens are made here and never leave. */
export class GatewayClient implements Asker {
  readonly #tokens = new Map<string, { token: string; exp: number }>();
  readonly #pace: Pace;
  #milliseconds = 0;
  #requests = 0;

  constructor(private readonly options: ClientOptions) {
    this.#pace = new Pace(options);
  }

  get waits(): readonly Wait[] {
    return this.#pace.waits;
  }

  /** What all requests took one by one, and how many they were. */
  get spent(): { readonly milliseconds: number; readonly requests: number } {
    return { milliseconds: this.#milliseconds, requests: this.#requests };
  }

  /** Sends one request; what goes wrong on the way is an answer, too. */
  async ask(request: Request, signal?: AbortSignal): Promise<Exchange> {
    let milliseconds = 0;
    const answer = await this.#pace.send(
      async () => {
        const sent = performance.now();
        const received = await this.#send(request, signal);
        milliseconds = performance.now() - sent;
        this.#milliseconds += milliseconds;
        this.#requests += 1;
        return received;
      },
      request.method === 'GET',
      signal,
    );
    return exchangeOf(request, answer, milliseconds);
  }

  /** PostgREST's OpenAPI document of the schema as a subject may see it; undefined when there is none. */
  async openApi(as: string, signal?: AbortSignal): Promise<unknown> {
    try {
      const response = await this.options.fetch(`${this.#base()}/`, {
        headers: await this.#headers({ method: 'GET', as }),
        signal: signal ?? AbortSignal.timeout(REQUEST_TIMEOUT),
      });
      return response.ok ? await response.json() : undefined;
    } catch {
      return undefined;
    }
  }

  expiryOf(subject: string): number | undefined {
    return this.#tokens.get(subject)?.exp;
  }

  #base(): string {
    return this.options.gatewayUrl.replace(/\/+$/, '');
  }

  async #send(request: Request, signal: AbortSignal | undefined): Promise<Answer | NoAnswer> {
    const limit = this.options.timeout ?? REQUEST_TIMEOUT;
    const timeout = AbortSignal.timeout(limit);
    try {
      const response = await this.options.fetch(`${this.#base()}${pathOf(request)}`, {
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
        return { status: null, reason: 'timeout', message: `no answer within ${limit / 1000} s` };
      }
      return { status: null, reason: 'unreachable', message: networkError(error) };
    }
  }

  async #headers(
    request: Pick<Request, 'method' | 'as' | 'body' | 'prefer' | 'single'>,
  ): Promise<Record<string, string>> {
    const { schema } = this.options;
    return {
      accept: request.single ? SINGLE_OBJECT : 'application/json',
      ...(request.as !== undefined && { authorization: `Bearer ${await this.#token(request.as)}` }),
      ...(request.body && { 'content-type': 'application/json' }),
      ...(request.prefer !== undefined && { prefer: request.prefer }),
      // PostgREST without a gateway needs the profile; the gateway writes its own over it.
      ...(schema !== undefined && {
        [request.method === 'GET' ? 'accept-profile' : 'content-profile']: schema,
      }),
    };
  }

  async #token(caller: NonNullable<Caller>): Promise<string> {
    const now = this.options.now();
    const { secret, role } = this.options;
    if (typeof caller === 'object') {
      return mintFaultyToken(caller.fault, { subject: caller.subject, secret, role, now });
    }
    const known = this.#tokens.get(caller);
    if (known && known.exp - TOKEN_MARGIN > now) return known.token;
    const extraClaims = this.options.claims?.(caller);
    const { token, claims } = await mintToken({
      subject: caller,
      secret,
      now,
      ...(role !== undefined && { role }),
      ...(extraClaims && { extraClaims }),
    });
    this.#tokens.set(caller, { token, exp: claims.exp });
    return token;
  }
}

/** An answer with the evidence that may be shown of it. */
export function exchangeOf(request: Request, answer: Answer | NoAnswer, milliseconds: number): Exchange {
  return {
    answer,
    cast: request.cast !== undefined,
    evidence: {
      method: request.method,
      path: pathOf(request),
      as: callerInWords(request.as),
      body: bodyInWords(request.body, request.shown ?? []),
      headers: [
        ...(request.prefer === undefined ? [] : [`Prefer: ${request.prefer}`]),
        ...(request.single ? [`Accept: ${SINGLE_OBJECT}`] : []),
      ],
      expected: request.ideal.words,
      status: answer.status,
      code: answer.status === null ? null : (answer.code ?? null),
      answer: inWords(answer),
      control: request.control ?? false,
      milliseconds: Math.round(milliseconds * 10) / 10,
    },
  };
}

function pathOf({ table, query, cast }: Pick<Request, 'table' | 'query' | 'cast'>): string {
  const path = table.split('/').map(encodeURIComponent).join('/');
  const select = cast && { select: `${cast.column}::${cast.type}` };
  const search = Object.entries({ ...query, ...select })
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return `/${path}${search === '' ? '' : `?${search}`}`;
}

/** Percent-encodes what a query needs, and leaves PostgREST's own signs to be read. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2C|3A|7C|E2%80%A6)/g, decodeURIComponent);
}

function callerInWords(caller: Caller): string {
  if (caller === undefined) return 'nobody';
  return typeof caller === 'string' ? caller : `nobody (token: ${caller.fault.replace('-', ' ')})`;
}

/** `fetch failed` says nothing; its cause does. */
function networkError(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
