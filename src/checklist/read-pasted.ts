import {
  GATEWAY_TEXTS,
  requestOf,
  rowOf,
  type NoAnswerReason,
  type NotAnAnswer,
  type PastedAnswer,
  type PastedRequest,
} from './explain-answer';
import { codeIn, codeOfMessage } from './explain-known-texts';
import { readErrorBody, type ErrorBody } from './explain-pasted-body';
import { withoutSecrets } from './explain-pasted-secrets';

export type { NotAnAnswer, PastedAnswer, PastedRequest } from './explain-answer';

/** More than any answer that somebody reads. */
const MOST_CHARACTERS = 200_000;

/**
 * Reads what a person pastes: the transcript of curl, a status line, JSON, the error object of a client library, a
 * message, with or without the request. Tokens are dropped before anything else is looked at. Never throws.
 */
export function readPasted(text: string): PastedAnswer | NotAnAnswer {
  const {
    text: clean,
    dropped,
    hadToken,
  } = withoutSecrets(text.slice(0, MOST_CHARACTERS).replace(/\r\n?/g, '\n'));
  if (clean.trim() === '') return { kind: 'no answer', reason: 'There is no text to explain.' };
  const response = lastResponse(clean);
  const body = readErrorBody(response.body);
  const status = response.status ?? body.status;
  const noAnswer = noAnswerIn(clean, status);
  const plain = body.kind === 'text' ? messageLine(response.body) : undefined;
  const message = body.message ?? plain;
  const written = body.code ?? (body.kind === 'text' ? codeIn(response.body) : undefined);
  const guessed = written === undefined && message !== undefined ? codeOfMessage(message) : undefined;
  const code = written ?? guessed;
  const isKnown = code !== undefined || (message !== undefined && GATEWAY_TEXTS.test(message));
  const isAnswer = body.kind !== 'text' && body.kind !== 'none';
  if (status === undefined && noAnswer === undefined && !isKnown && !isAnswer) {
    return {
      kind: 'no answer',
      reason:
        'This is no answer that can be explained: paste the status line, the headers and the body, as curl -i shows them.',
    };
  }
  const contentRange = response.headers['content-range'];
  const total = /\/(\d+)$/.exec(contentRange ?? '')?.[1];
  const date = Date.parse(response.headers.date ?? '');
  const by = noAnswer ? undefined : answererOf(response.headers, body, code, message);
  const request = requestIn(clean, hadToken);
  const rows = body.rows ?? rowsOf(contentRange);
  const facts = {
    ...(status !== undefined && { status }),
    ...(noAnswer && { noAnswer }),
    ...(by && { by }),
    ...(code !== undefined && { code }),
    ...(guessed !== undefined && { codeIsGuessed: true }),
    ...(message !== undefined && { message }),
    ...(body.details !== undefined && { details: body.details }),
    ...(body.hint !== undefined && { hint: body.hint }),
    ...(rows !== undefined && { rows }),
    ...(total !== undefined && { total: Number(total) }),
    ...(!Number.isNaN(date) && { date: Math.floor(date / 1000) }),
  };
  return {
    kind: 'answer',
    ...facts,
    body: bodyKind(body, response),
    headers: response.headers,
    request,
    droppedSecret: dropped,
    unknown: unknownOf(facts, response, request),
  };
}

interface Response {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isTranscript: boolean;
}

const STATUS_LINE = /^(?:<\s*)?HTTP\/\d(?:\.\d)?\s+(\d{3})(?:[^\S\n][^\n]*)?$/gm;

/** The last response of a transcript: 100 Continue and redirects come before it. */
function lastResponse(text: string): Response {
  const last = [...text.matchAll(STATUS_LINE)].at(-1);
  if (!last) return looseResponse(text);
  const lines = text.slice(last.index + last[0].length + 1).split('\n');
  const headers: Record<string, string> = {};
  let at = 0;
  for (; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').replace(/^<\s?/, '').trimEnd();
    const header = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(line);
    if (!header) break;
    keepHeader(headers, header[1] ?? '', header[2] ?? '');
  }
  const body = lines
    .slice(at)
    .filter(line => !/^(?:[*<>}]\s|[{}]\s\[|<$)/.test(line))
    .join('\n')
    .trim();
  return { status: Number(last[1]), headers, body, isTranscript: true };
}

/** A status line of a browser or a log, headers as developer tools list them, and what is left as the body. */
function looseResponse(text: string): Response {
  const headers: Record<string, string> = {};
  const kept: string[] = [];
  let status: number | undefined;
  for (const line of text.split('\n')) {
    const header = /^\s*([\w-]+):\s+(.+)$/.exec(line);
    const found = statusIn(line);
    if (status === undefined && found !== undefined) status = found;
    else if (header && EXPLAINING.test(header[1] ?? ''))
      keepHeader(headers, header[1] ?? '', header[2] ?? '');
    else if (!REQUEST_LINE.test(line) && !/^\s*(?:curl\b|Request (?:URL|Method):|[>*]\s)/.test(line))
      kept.push(line);
  }
  const body = kept.join('\n').trim();
  return {
    status,
    headers,
    body: body === '' && status === undefined ? text.trim() : body,
    isTranscript: false,
  };
}

const STATUS_FORMS: readonly RegExp[] = [
  /^\s*(?:Status(?: Code)?|status)(?:\s*[:=]\s*|\s+)(\d{3})\b/,
  /^\s*(\d{3})(?:\s+[A-Z][A-Za-z' -]*)?\s*$/,
  /\bstatus code (\d{3})\b/i,
  /^\s*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+\S+\s+(?:HTTP\/[\d.]+\s+)?(?:→\s*)?(\d{3})\b/,
  /\bthe server responded with a status of (\d{3})\b/i,
  /\bHTTP\/?\s?(\d{3})\b/,
];

function statusIn(line: string): number | undefined {
  for (const form of STATUS_FORMS) {
    const status = Number(form.exec(line)?.[1]);
    if (status >= 100 && status <= 599) return status;
  }
  return undefined;
}

const EXPLAINING =
  /^(?:server|content-type|content-range|content-length|content-profile|www-authenticate|location|preference-applied|date|retry-after|allow|via|x-powered-by|cf-ray|x-vercel-id|proxy-status|access-control-[\w-]+)$/i;

function keepHeader(headers: Record<string, string>, name: string, value: string): void {
  if (EXPLAINING.test(name)) headers[name.toLowerCase()] = value.trim();
}

const REQUEST_LINE = /^(?:>\s*)?\s*(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+(\S+)/;

/** The request line, the curl command, the fetch call or the query of supabase-js that stands in the text. */
function requestIn(text: string, hadToken: boolean): PastedRequest {
  const line = new RegExp(REQUEST_LINE, 'gm').exec(text);
  const url = /Request URL:\s*(\S+)/.exec(text)?.[1];
  const call =
    /\bcurl\b/.test(text) || /\bfetch\s*\(/.test(text)
      ? /["'`\s(](https?:\/\/[^\s"'`)]+)/.exec(text)?.[1]
      : undefined;
  const client = /\.from\(\s*["'`](\w+)["'`]\s*\)\s*\.\s*(select|insert|upsert|update|delete)\b/.exec(text);
  const data = /(?:^|\s)(?:-d|--data(?:-raw|-binary)?|--json)\s*(?:'([^']*)'|"((?:\\.|[^"])*)")/.exec(text);
  const body = data?.[1] ?? data?.[2]?.replaceAll('\\"', '"');
  const written = /(?:-X|--request)\s*["']?([A-Z]+)|\bmethod:\s*["']([A-Za-z]+)|Request Method:\s*(\w+)/.exec(
    text,
  );
  const method =
    written?.[1] ??
    written?.[2] ??
    written?.[3] ??
    (call ? (body === undefined ? 'GET' : 'POST') : undefined);
  const prefer = /\bprefer["']?\s*:\s*["']?([\w=,\s-]+)/i.exec(text)?.[1];
  const row = body === undefined ? undefined : rowOf(body);
  const found = client
    ? { table: client[1] ?? '', verb: CLIENT_VERBS[client[2] ?? ''] ?? ('read' as const) }
    : line
      ? requestOf(line[1], line[2])
      : requestOf(method, call ?? url);
  return {
    ...found,
    ...((hadToken || call !== undefined) && { hasToken: hadToken }),
    ...(prefer !== undefined && { prefer: prefer.trim().toLowerCase() }),
    ...(row && { row }),
  };
}

const CLIENT_VERBS = {
  select: 'read',
  insert: 'insert',
  upsert: 'insert',
  update: 'update',
  delete: 'delete',
} as Readonly<Record<string, 'read' | 'insert' | 'update' | 'delete'>>;

const NO_ANSWERS: readonly (readonly [form: RegExp, reason: NoAnswerReason])[] = [
  [/blocked by CORS policy|Cross-Origin Request Blocked|CORS header|preflight/i, 'cors'],
  [/ETIMEDOUT|timed? ?out (?:after|while)|TimeoutError|UND_ERR_(?:CONNECT|HEADERS)_TIMEOUT/i, 'timeout'],
  [
    /ECONNREFUSED|ENOTFOUND|ECONNRESET|EAI_AGAIN|fetch failed|Could not resolve host|Failed to connect|net::ERR_|Empty reply from server/i,
    'unreachable',
  ],
  // Browsers say no more of a refused preflight than of a host that is away.
  [/Failed to fetch|NetworkError when attempting|Load failed/i, 'cors'],
];

function noAnswerIn(text: string, status: number | undefined): NoAnswerReason | undefined {
  if (status !== undefined) return undefined;
  return NO_ANSWERS.find(([form]) => form.test(text))?.[1];
}

/** The line of a text that says what went wrong, without the name of its error class. */
function messageLine(text: string): string | undefined {
  const line = text.split('\n').find(each => codeOfMessage(each) !== undefined) ?? text.split('\n')[0];
  const message = line
    ?.replace(/^\s*(?:Uncaught\s+)?(?:\(in promise\)\s*)?(?:\w*Error|ERROR)\s*:\s*(?:[0-9A-Z]{5}:\s*)?/, '')
    .trim();
  return message === undefined || message === '' || message.startsWith('<')
    ? undefined
    : message.slice(0, 500);
}

/** PostgREST names itself; the gateway never does; what is neither has marks of its own. */
function answererOf(
  headers: Readonly<Record<string, string>>,
  { kind, isGatewayForm }: ErrorBody,
  code: string | undefined,
  message: string | undefined,
): PastedAnswer['by'] {
  if (headers.server?.startsWith('postgrest')) return 'postgrest';
  const isNext = headers['x-powered-by'] !== undefined || headers['x-vercel-id'] !== undefined;
  if (isGatewayForm && message !== undefined && GATEWAY_TEXTS.test(message)) return 'gateway';
  if (isGatewayForm && (isNext || /^unauthori[sz]ed$/i.test(message ?? ''))) return 'app';
  if (isGatewayForm && message === 'not found') return 'gateway';
  if (code !== undefined) return 'postgrest';
  if (message !== undefined && GATEWAY_TEXTS.test(message)) return 'gateway';
  if (kind === 'html' || isNext || headers['cf-ray'] !== undefined || headers.server !== undefined)
    return 'other';
  return undefined;
}

/** `0-1/*` has two rows. */
function rowsOf(contentRange: string | undefined): number | undefined {
  const range = /^(\d+)-(\d+)\//.exec(contentRange ?? '');
  return range ? Number(range[2]) - Number(range[1]) + 1 : undefined;
}

function bodyKind({ kind }: ErrorBody, { isTranscript, headers }: Response): PastedAnswer['body'] {
  if (kind !== 'none') return kind;
  return isTranscript || headers['content-length'] === '0' ? 'none' : 'unknown';
}

function unknownOf(
  { status, by, noAnswer }: Partial<PastedAnswer>,
  { headers }: Response,
  request: PastedRequest,
): string[] {
  if (noAnswer) return [];
  return [
    ...(status === undefined ? ['the status'] : []),
    ...(by === undefined && headers.server === undefined ? ['who answered'] : []),
    ...(request.verb === undefined && request.routine === undefined ? ['the method'] : []),
    ...(request.table === undefined && request.routine === undefined ? ['the table'] : []),
  ];
}
