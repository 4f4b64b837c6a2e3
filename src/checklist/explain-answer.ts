import type { Answer, Answerer, NoAnswer } from './answer';
import type { Verb } from './check-ids';
import type { Evidence } from './verdict';

/** What is known of the request that was answered. */
export interface PastedRequest {
  readonly method?: string;
  /** Path and query as sent. */
  readonly path?: string;
  readonly table?: string;
  /** `/rpc/<function>`. */
  readonly routine?: string;
  readonly verb?: Verb;
  /** Whether a Bearer token was sent; the token itself is not kept. */
  readonly hasToken?: boolean;
  /** The Prefer header, lower case. */
  readonly prefer?: string;
  /** The first row of a JSON body. */
  readonly row?: Readonly<Record<string, unknown>>;
}

/** Why no answer came. */
export type NoAnswerReason = NoAnswer['reason'] | 'cors';

/** An answer as somebody pasted it, or as a run recorded it: what its text tells, and nothing else. */
export interface PastedAnswer {
  readonly kind: 'answer';
  /** Undefined where the text has none. */
  readonly status?: number;
  /** Set where no answer came at all. */
  readonly noAnswer?: NoAnswerReason;
  /** Undefined where the text does not tell. */
  readonly by?: Answerer | 'app';
  /** SQLSTATE or PostgREST code. */
  readonly code?: string;
  /** The code is worked out of the message, which has a form of its own. */
  readonly codeIsGuessed?: boolean;
  readonly message?: string;
  /** Null where the server hides them. */
  readonly details?: string | null;
  readonly hint?: string;
  /** How many rows the body has; their values are not kept. */
  readonly rows?: number;
  /** Total of `content-range`. */
  readonly total?: number;
  readonly body: 'none' | 'rows' | 'object' | 'empty object' | 'html' | 'text' | 'unknown';
  /** The headers that explain something, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The server's clock, Unix seconds. */
  readonly date?: number;
  readonly request: PastedRequest;
  /** A token, cookie or password was in the text, and was dropped. */
  readonly droppedSecret: boolean;
  /** What the text does not tell, as `the status`. */
  readonly unknown: readonly string[];
}

/** A text that holds no answer, in a sentence. */
export interface NotAnAnswer {
  readonly kind: 'no answer';
  readonly reason: string;
}

export const VERBS_OF_METHODS: Readonly<Record<string, Verb>> = {
  GET: 'read',
  HEAD: 'read',
  POST: 'insert',
  PUT: 'insert',
  PATCH: 'update',
  DELETE: 'delete',
};

/** Verb, table or function, and what else a method and an address tell. */
export function requestOf(method: string | undefined, address: string | undefined): PastedRequest {
  const path = address?.replace(/^\w+:\/\/[^/?#]+/, '').replace(/#.*$/, '');
  const [route = ''] = (path ?? '').split('?');
  const parts = route
    .replace(/^\/rest\/v1(?=\/)/, '')
    .split('/')
    .filter(part => part !== '');
  const isRoutine = parts.length === 2 && parts[0] === 'rpc';
  const name = decoded(parts.at(-1) ?? '');
  const verb = method === undefined ? undefined : VERBS_OF_METHODS[method.toUpperCase()];
  return {
    ...(method !== undefined && { method: method.toUpperCase() }),
    ...(path !== undefined && path !== '' && { path }),
    ...(isRoutine && { routine: name }),
    ...(parts.length === 1 && /^[\w$-]+$/.test(name) && { table: name }),
    ...(verb !== undefined && !isRoutine && { verb }),
  };
}

/** An answer of the checklist's own client. */
export function fromAnswer(answer: Answer | NoAnswer, request: PastedRequest = {}): PastedAnswer {
  const base = { kind: 'answer', headers: {}, request, droppedSecret: false, unknown: [] } as const;
  if (answer.status === null)
    return { ...base, noAnswer: answer.reason, message: answer.message, body: 'none' };
  const { status, by, code, message, details, rows, total, date } = answer;
  return {
    ...base,
    status,
    by,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(details !== undefined && { details }),
    ...(rows && { rows: rows.length }),
    ...(total !== undefined && { total }),
    ...(date !== undefined && { date }),
    body: rows ? 'rows' : message === undefined && code === undefined ? 'unknown' : 'object',
  };
}

/** An answer as the evidence of a result has it. */
export function fromEvidence(evidence: Evidence): PastedAnswer {
  const { method, path, as, body, headers, status, code, answer } = evidence;
  const prefer = headers.find(header => /^prefer:/i.test(header))?.replace(/^prefer:\s*/i, '');
  const row = rowOf(body);
  const request: PastedRequest = {
    ...requestOf(method, path),
    // Any other fault of a token is one that was sent.
    hasToken: as !== 'nobody' && as !== 'nobody (token: empty)',
    ...(prefer !== undefined && { prefer: prefer.toLowerCase() }),
    ...(row && { row }),
  };
  const base = { kind: 'answer', headers: {}, request, droppedSecret: false, unknown: [] } as const;
  if (status === null) {
    const noAnswer = /^no answer within|timed? ?out/i.test(answer) ? 'timeout' : 'unreachable';
    return {
      ...base,
      noAnswer: answer === 'cancelled' ? 'cancelled' : noAnswer,
      message: answer,
      body: 'none',
    };
  }
  const rows = /^(\d+) rows?$/.exec(answer)?.[1];
  const affected = /^(\d+) rows? affected$/.exec(answer)?.[1];
  const isError = status >= 400;
  return {
    ...base,
    status,
    ...(code !== null && { code }),
    ...(isError && answer !== 'no body' && { message: answer }),
    ...(/ contains \d+ rows?$/.test(answer) && { details: answer }),
    ...(code !== null ? { by: 'postgrest' } : isError && GATEWAY_TEXTS.test(answer) ? { by: 'gateway' } : {}),
    ...(rows !== undefined && { rows: Number(rows) }),
    ...(affected !== undefined && { total: Number(affected) }),
    body: rows !== undefined ? 'rows' : isError && answer !== 'no body' ? 'object' : 'none',
  };
}

/** What the v2 gateway says in `{"error": …}`, and nobody else. */
export const GATEWAY_TEXTS =
  /^(?:authorization required|invalid or expired token|tenant not found|rate limit exceeded|upstream (?:error|timeout)|project (?:mode|jwt_secret|is) .*)$/;

/** A value that evidence leaves out, behind its column. */
const CUT = /(?<!\\)":…(?=[,}])/g;

/** The first object of a JSON body; values that evidence leaves out are `…`. */
export function rowOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.replace(CUT, '":"…"'));
    const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
    return typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
