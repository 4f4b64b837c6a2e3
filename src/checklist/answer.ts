/** Who answered: Flux's gateway, PostgREST behind it, or something that is neither. */
export type Answerer = 'gateway' | 'postgrest' | 'other';

/** What came back for one request. */
export interface Answer {
  readonly status: number;
  readonly by: Answerer;
  /** SQLSTATE or PostgREST code of an error body. */
  readonly code?: string;
  /** Message of an error body. */
  readonly message?: string;
  /** `details` of an error body; null where the server hides them, as it does under row-level security. */
  readonly details?: string | null;
  /** The rows of a successful answer; undefined for an empty body. */
  readonly rows?: readonly Record<string, unknown>[];
  /** Total of `content-range`, with `Prefer: count=exact`. */
  readonly total?: number;
  /** Its body is none of PostgREST's: no JSON, or a success that is no list of rows. */
  readonly foreign?: true;
  /** The server's clock, Unix seconds. */
  readonly date?: number;
}

/** No answer came, and why. */
export interface NoAnswer {
  readonly status: null;
  readonly reason: 'unreachable' | 'timeout' | 'cancelled';
  readonly message: string;
}

/** Reads a response once; bodies that are no JSON are kept out. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = parseJson(text);
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const date = Date.parse(response.headers.get('date') ?? '');
  const base = {
    status: response.status,
    by: answererOf(response, body),
    ...(total !== undefined && { total: Number(total) }),
    ...(isForeign(response.status, text, body) && { foreign: true as const }),
    ...(!Number.isNaN(date) && { date: Math.floor(date / 1000) }),
  };
  if (Array.isArray(body)) return { ...base, rows: body as Record<string, unknown>[] };
  if (typeof body !== 'object' || body === null) return base;
  const { code, message, details, error } = body as Record<string, unknown>;
  const said = typeof message === 'string' ? message : typeof error === 'string' ? error : undefined;
  return {
    ...base,
    ...(typeof code === 'string' && { code }),
    ...(said !== undefined && { message: said }),
    ...((details === null || typeof details === 'string') && { details }),
  };
}

/** PostgREST answers a success with rows or with nothing; one object is never asked for where it would be shown. */
function isForeign(status: number, text: string, body: unknown): boolean {
  if (text.trim() === '') return false;
  return body === undefined || (status < 300 && !Array.isArray(body));
}

/** PostgREST names itself; the gateway's own refusals never do and say `{"error": …}`. */
function answererOf(response: Response, body: unknown): Answerer {
  if (response.headers.get('server')?.startsWith('postgrest')) return 'postgrest';
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'other';
  if ('code' in body && 'message' in body) return 'postgrest';
  return 'error' in body && typeof body.error === 'string' ? 'gateway' : 'other';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
