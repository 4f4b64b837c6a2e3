import { SECRET_VARIABLES } from '../flux/project';
import type { Answer, NoAnswer } from './answer';

/** Why a request was answered as it was, or why a point of the checklist is what it is. */
export type Cause =
  | 'policy'
  | 'rls-off'
  | 'missing-grant'
  | 'missing-schema-usage'
  | 'missing-sequence-grant'
  | 'missing-function-grant'
  | 'wrong-secret'
  | 'expired-token'
  | 'token-refused'
  | 'owner-type'
  | 'table-not-found'
  | 'wrong-schema'
  | 'stale-schema-cache'
  | 'column-missing'
  | 'policy-recursion'
  | 'row-not-made'
  | 'no-authentication'
  | 'gateway-unreachable'
  | 'gateway-error'
  | 'timeout'
  | 'rate-limited'
  | 'not-flux'
  | 'cancelled'
  /** It works on the gateway, and the project's SQL says it should not, or the other way round. */
  | 'differs-from-sql'
  /** A row can be put under a parent that the subject cannot see. */
  | 'parent-not-checked'
  /** Nothing fills in the owner of a row that leaves it out. */
  | 'owner-default'
  /** A view or a function passes the policies of its tables by. */
  | 'bypassing-door'
  /** A subject owns no row that could be asked about. */
  | 'no-row'
  /** The mode, or the shape of the table, leaves no request that could tell. */
  | 'not-askable'
  | 'auth-secret-missing'
  | 'session-refused'
  | 'app-unreachable';

/** A cause in words: what the answer means and what to do. */
export interface Diagnosis {
  readonly cause: Cause;
  /** The column for which no value can be made, for `row-not-made`. */
  readonly column?: string;
  readonly message: string;
  readonly advice: string;
}

/** What is known about a request besides its answer. */
export interface Asked {
  readonly table: string;
  readonly subject?: string | undefined;
  readonly owner?: string | undefined;
  readonly verb: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
  /** When the token expires by its own word, Unix seconds. */
  readonly tokenExpiry?: number | undefined;
}

/** Says which layer refused a request and why. Undefined for an answer that is no refusal. */
export function diagnose(answer: Answer | NoAnswer, asked: Asked): Diagnosis | undefined {
  if (answer.status === null) return noAnswer(answer);
  if (answer.status < 300) return answer.foreign ? other(answer) : undefined;
  return (
    refusedToken(answer, asked) ?? refusedByGateway(answer) ?? refusedBySql(answer, asked) ?? other(answer)
  );
}

/** Whether the answer is row-level security refusing a written row, and no missing privilege. */
export function isPolicyRefusal({ code, message }: Answer): boolean {
  return code === '42501' && (message?.includes('row-level security') ?? false);
}

function noAnswer({ reason, message }: NoAnswer): Diagnosis {
  switch (reason) {
    case 'cancelled':
      return { cause: 'cancelled', message: 'The run was cancelled.', advice: 'Run it again when you like.' };
    case 'timeout':
      return {
        cause: 'timeout',
        message: `The gateway gave ${message}.`,
        advice: 'Try again; a cold project takes longer once.',
      };
    case 'unreachable':
      return {
        cause: 'gateway-unreachable',
        message: `The gateway cannot be reached (${message}).`,
        advice: 'Check the gateway URL, and that the project is running.',
      };
  }
}

function refusedToken(
  { status, code, message = '', date }: Answer,
  { tokenExpiry, subject }: Asked,
): Diagnosis | undefined {
  // A 401 with an SQLSTATE is PostgreSQL refusing `anon` on v1, not a refused token.
  if (status !== 401 || (code !== undefined && !code.startsWith('PGRST'))) return undefined;
  if (subject === undefined) {
    return {
      cause: 'token-refused',
      message: 'The gateway asks for a token.',
      advice: 'Send a project JWT.',
    };
  }
  const expired =
    message === 'JWT expired' || (date !== undefined && tokenExpiry !== undefined && date >= tokenExpiry);
  if (expired) {
    return {
      cause: 'expired-token',
      message: 'The token is expired for the server, though it was made just now: the clocks differ.',
      advice: 'Set this machine’s clock; v2 allows no difference at all.',
    };
  }
  if (message.includes('StringOrURI')) {
    return {
      cause: 'token-refused',
      message: `PostgREST cannot read the subject "${subject}": with a colon it must be a URI.`,
      advice: 'Use subjects without a colon, or with a scheme and no blanks or bars behind it.',
    };
  }
  return {
    cause: 'wrong-secret',
    message: `The gateway refuses tokens signed with this secret (401 "${message}").`,
    advice: `Take the project's own JWT secret from the dashboard: ${SECRET_VARIABLES.slice(0, 2).join(' or ')}, or "Enter Project Secret".`,
  };
}

function refusedByGateway({ status, by, message = '' }: Answer): Diagnosis | undefined {
  if (status === 429) {
    return {
      cause: 'rate-limited',
      message: 'The gateway limits requests (429).',
      advice: 'Wait a minute and run again.',
    };
  }
  if (by === 'gateway') {
    if (message === 'tenant not found') {
      return {
        cause: 'not-flux',
        message: 'The gateway knows no project under this address.',
        advice: 'Check the gateway URL.',
      };
    }
    return {
      cause: 'gateway-error',
      message: `The gateway answers ${status}: ${message}.`,
      advice: 'Try again in a moment.',
    };
  }
  if (by === 'other' && status !== 404) {
    return {
      cause: 'not-flux',
      message: `Something that is neither the Flux gateway nor PostgREST answers ${status}.`,
      advice: 'Check the gateway URL.',
    };
  }
  return undefined;
}

function refusedBySql(answer: Answer, asked: Asked): Diagnosis | undefined {
  const { code, message = '' } = answer;
  switch (code) {
    case '42501':
      return refusedPermission(message, asked);
    case '42P01':
      return {
        cause: 'table-not-found',
        message: `The table does not exist where requests look: ${message}.`,
        advice: 'Push the SQL that makes it, and check the schema and the spelling.',
      };
    case 'PGRST106':
      return {
        cause: 'wrong-schema',
        message: `The schema is not served: ${message}.`,
        advice: 'Check the schema name.',
      };
    case '42703':
    case 'PGRST204':
      return {
        cause: 'column-missing',
        message: `A column is missing: ${message}.`,
        advice: 'Check the owner column’s name.',
      };
    case '42P17':
      return {
        cause: 'policy-recursion',
        message: 'A policy of the table reads the table itself, so PostgreSQL gives up (42P17).',
        advice: 'Take the subquery on the table out of its own policy.',
      };
    case '22P02':
      return wrongType(message, asked);
    default:
      return undefined;
  }
}

function refusedPermission(message: string, { table, verb, owner }: Asked): Diagnosis {
  const object = /^permission denied for (\w+) (.+)$/.exec(message);
  if (object?.[1] === 'schema') {
    return {
      cause: 'missing-schema-usage',
      message: `The role may not use schema ${object[2] ?? ''} (42501).`,
      advice: `grant usage on schema ${object[2] ?? ''} to authenticated;`,
    };
  }
  if (object?.[1] === 'sequence') {
    return {
      cause: 'missing-sequence-grant',
      message: `The role may not use sequence ${object[2] ?? ''} (42501).`,
      advice: `grant usage on sequence ${object[2] ?? ''} to authenticated;`,
    };
  }
  if (object?.[1] === 'function') {
    return {
      cause: 'missing-function-grant',
      message: `A policy calls function ${object[2] ?? ''}, which the role may not run (42501).`,
      advice: `grant execute on function ${object[2] ?? ''} to authenticated;`,
    };
  }
  if (object) {
    return {
      cause: 'missing-grant',
      message: `The role has no ${verb} on ${table} (42501 "${message}"): a missing GRANT, and no policy was asked.`,
      advice: `grant ${verb.toLowerCase()} on ${table} to authenticated;`,
    };
  }
  return {
    cause: 'policy',
    message: `A policy refuses the row (42501 "${message}").`,
    advice: `Let the ${verb} policy accept rows whose ${owner ?? 'owner'} is the subject.`,
  };
}

function wrongType(message: string, { subject, owner }: Asked): Diagnosis | undefined {
  // The value in quotes tells whose fault it is: PostgreSQL quotes what it could not read.
  if (subject === undefined || !message.includes(`"${subject}"`)) return undefined;
  const type = /type (\w+)/.exec(message)?.[1] ?? 'another type';
  return {
    cause: 'owner-type',
    message: `The subject "${subject}" is compared as ${type} (22P02): every user whose id is no ${type} gets 400.`,
    advice: `Make ${owner ?? 'the owner column'} text, and compare it with auth.uid() without a cast.`,
  };
}

function other({ status, code, message, by }: Answer): Diagnosis {
  if (status === 404 && by === 'postgrest') {
    return {
      cause: 'stale-schema-cache',
      message: 'PostgREST does not know the table (404), while PostgreSQL may.',
      advice: "Push again, or run: notify pgrst, 'reload schema';",
    };
  }
  if (by === 'other') {
    return {
      cause: 'not-flux',
      message: `Something that is neither the Flux gateway nor PostgREST answers ${status}.`,
      advice: 'Check the gateway URL.',
    };
  }
  return {
    cause: code?.startsWith('23') ? 'row-not-made' : 'gateway-error',
    message: `The answer was ${status}${code === undefined ? '' : ` ${code}`}${message === undefined ? '' : `: ${message}`}.`,
    advice: code?.startsWith('23')
      ? 'Give the column a default, or make its parent row first.'
      : 'See the answer.',
  };
}
