import type { AppReply, NoReply } from './app-client';
import { appMisconfigured, isMisconfigured } from './app-troubles';
import { diagnose, type Diagnosis } from './diagnose';
import type { AppAnswer } from './options';

/** Characters of the app's own words that a report shows. */
const WORDS = 200;
/** What the gateway and PostgREST say of a token that the app signed with another secret. */
const TOKEN_REFUSED = /invalid or expired token|authentication required|JWSError|JWSInvalidSignature/;

export interface AskedRoute {
  readonly path: string;
  readonly table: string;
  /** Undefined for a visitor who is signed out. */
  readonly subject: string | undefined;
}

/** Reads what a route said. Refusals of a visitor who is signed out have no diagnosis: they are wanted. */
export function readReply(reply: AppReply | NoReply, asked: AskedRoute): AppAnswer {
  const { status, milliseconds } = reply;
  if (reply.status === null) {
    return {
      status,
      rows: undefined,
      message: reply.message,
      milliseconds,
      ...(reply.reason !== 'cancelled' && { problem: 'unreachable' }),
      diagnosis: noReply(reply),
    };
  }
  const rows = reply.status < 300 ? rowsOf(reply.json) : undefined;
  const answer = { status, rows, message: inWords(reply, rows), milliseconds };
  if (rows) return answer;
  return { ...answer, ...troubleOf(reply, asked) };
}

/** A list of objects, bare or as the only list in an object: `{ "notes": […] }`. */
function rowsOf(json: unknown): AppAnswer['rows'] {
  if (typeof json !== 'object' || json === null) return undefined;
  const lists = Array.isArray(json) ? [json] : Object.values(json).filter(Array.isArray);
  const [list, ...more] = lists as unknown[][];
  return more.length === 0 && list?.every(isRow) ? list : undefined;
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inWords({ json, location, contentType }: AppReply, rows: AppAnswer['rows']): string {
  if (rows) return `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  if (location !== undefined) return `redirects to ${location}`;
  const said = wordsOf(json);
  if (said !== undefined) return said;
  return json === undefined ? contentType || 'an empty answer' : 'JSON without a list of rows';
}

function wordsOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { message, error } = json as Record<string, unknown>;
  const said = [message, error].find(text => typeof text === 'string');
  return typeof said === 'string' ? said.slice(0, WORDS) : undefined;
}

type Trouble = Pick<AppAnswer, 'problem' | 'diagnosis'>;

function troubleOf(reply: AppReply, { path, table, subject }: AskedRoute): Trouble {
  const { status, json, location } = reply;
  const said = wordsOf(json);
  const quoted = said === undefined ? '' : ` "${said}"`;
  if (isMisconfigured(reply)) return appMisconfigured(path);
  if (status >= 300 && status < 400) {
    const trouble: Trouble = { problem: 'redirected' };
    if (subject === undefined) return trouble;
    return {
      ...trouble,
      diagnosis: {
        cause: 'session-refused',
        message: `${path} sends ${subject} on to ${location ?? 'another page'} (${status}), though a session came along.`,
        advice:
          'Give the address that answers with the rows, and see what the app’s proxy.ts asks of a session.',
      },
    };
  }
  if (subject === undefined && [401, 403, 404].includes(status)) return {};
  if (TOKEN_REFUSED.test(said ?? '')) return { diagnosis: tokenRefused(status, quoted) };
  if (isRow(json) && typeof json.code === 'string' && said !== undefined) {
    const answer = { status, by: 'postgrest', code: json.code, message: said } as const;
    const diagnosis = diagnose(answer, { table, verb: 'SELECT', subject });
    if (diagnosis) return { diagnosis };
  }
  if (status === 401 || status === 403)
    return { problem: 'session-refused', diagnosis: refused(status, quoted, path) };
  if (status === 404) return { diagnosis: noRoute(path) };
  if (status === 429) return { diagnosis: rateLimited(path) };
  if (said === 'flux unreachable') return { diagnosis: fluxUnreachable(status) };
  if (status >= 400) return { diagnosis: broken(status, quoted, path) };
  return { problem: 'not-json', diagnosis: noRows(reply, path) };
}

function noReply({ reason, message }: NoReply): Diagnosis {
  switch (reason) {
    case 'cancelled':
      return { cause: 'cancelled', message: 'The run was cancelled.', advice: 'Run it again when you like.' };
    case 'timeout':
      return {
        cause: 'timeout',
        message: `The app gave ${message}.`,
        advice: 'Open the route once in a browser, so that it is built, and run again.',
      };
    case 'unreachable':
      return {
        cause: 'app-unreachable',
        message: `The app cannot be reached (${message}).`,
        advice: 'Start it (npm run dev), or set AUTH_URL to where it runs.',
      };
  }
}

function tokenRefused(status: number, quoted: string): Diagnosis {
  return {
    cause: 'wrong-secret',
    message: `The gateway refuses the token that the app signs (${status}${quoted}).`,
    advice: 'Give the app the project’s own JWT secret (FLUX_JWT_SECRET) and start it again.',
  };
}

function refused(status: number, quoted: string, path: string): Diagnosis {
  return {
    cause: 'session-refused',
    message: `${path} refuses a session (${status}${quoted}).`,
    advice:
      'See that the app runs with the AUTH_SECRET of .env.local, and what the route asks of a session besides a subject.',
  };
}

function noRoute(path: string): Diagnosis {
  return {
    cause: 'app-unreachable',
    message: `The app has no ${path} (404).`,
    advice: 'Check the path of the route.',
  };
}

function rateLimited(path: string): Diagnosis {
  return {
    cause: 'rate-limited',
    message: `${path} limits requests (429).`,
    advice: 'Wait a minute and run again.',
  };
}

function fluxUnreachable(status: number): Diagnosis {
  return {
    cause: 'gateway-unreachable',
    message: `The app cannot reach Flux (${status} "flux unreachable").`,
    advice: 'Check the app’s FLUX_URL, and that the project is running.',
  };
}

function broken(status: number, quoted: string, path: string): Diagnosis {
  return {
    cause: 'gateway-error',
    message: `${path} answers ${status}${quoted}.`,
    advice: 'See the app’s log.',
  };
}

function noRows({ status, json, contentType }: AppReply, path: string): Diagnosis {
  const what = json === undefined ? contentType || 'an empty body' : 'JSON that is no list of rows';
  return {
    cause: 'not-flux',
    message: `${path} answers ${status} with ${what}.`,
    advice: 'Name a route that answers with the rows as JSON.',
  };
}
