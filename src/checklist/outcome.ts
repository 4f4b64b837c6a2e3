import type { Answer, NoAnswer } from './answer';
import type { Exchange } from './gateway-client';

/**
 * How far a request got. PostgreSQL asks privileges first, then policies, then constraints, so an error tells what was
 * passed before it (https://www.postgresql.org/docs/current/ddl-rowsecurity.html).
 */
export type Outcome =
  /** It took effect, or showed rows. */
  | { readonly kind: 'done'; readonly rows: number | undefined }
  /** Accepted, and no row was reached. */
  | { readonly kind: 'nothing' }
  /** Privileges and policies let it through; something behind them kept it from being written. */
  | {
      readonly kind: 'stopped';
      readonly rows: number | undefined;
      /** PostgreSQL's DETAIL is hidden while row-level security is on; undefined where the answer does not tell. */
      readonly rowSecurity: boolean | undefined;
      /** The value that the guarding cast tripped over. */
      readonly cast?: string;
    }
  | { readonly kind: 'policy' }
  | { readonly kind: 'privilege' }
  /** The token, or its absence, was refused before any SQL ran. */
  | { readonly kind: 'token' }
  | { readonly kind: 'unclear' };

/** Reads an answer. `cast` says that the request asks for a column in a type that its values do not have. */
export function outcomeOf({ answer, cast, evidence }: Exchange): Outcome {
  if (answer.status === null) return { kind: 'unclear' };
  if (answer.foreign || (evidence.method === 'GET' && answer.status < 300 && !answer.rows)) {
    return { kind: 'unclear' };
  }
  if (answer.status < 300) return done(answer);
  const { code, message = '' } = answer;
  if (code === '42501') return { kind: message.includes('row-level security') ? 'policy' : 'privilege' };
  if (code?.startsWith('23')) {
    const rowSecurity = code === '23502' || code === '23505' ? answer.details === null : undefined;
    return { kind: 'stopped', rows: undefined, rowSecurity };
  }
  if (cast && code === '22P02') {
    const value = /: "(.*)"$/s.exec(message)?.[1];
    return { kind: 'stopped', rows: 1, rowSecurity: undefined, ...(value !== undefined && { cast: value }) };
  }
  if (code === 'PGRST116') return singleRow(answer);
  if (answer.status === 401 && (code === undefined || code.startsWith('PGRST30'))) return { kind: 'token' };
  return { kind: 'unclear' };
}

function done({ rows, total }: Answer): Outcome {
  const reached = total ?? rows?.length;
  return reached === 0 ? { kind: 'nothing' } : { kind: 'done', rows: reached };
}

/** One object was asked for: what reached no row, or several, is rolled back and counted. */
function singleRow({ details }: Answer): Outcome {
  const count = Number(/contains (\d+) rows?/.exec(details ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(count)) return { kind: 'unclear' };
  return count === 0 ? { kind: 'nothing' } : { kind: 'stopped', rows: count, rowSecurity: undefined };
}

/** The request had, or would have had, an effect. */
export function gotThrough(outcome: Outcome): boolean {
  return outcome.kind === 'done' || outcome.kind === 'stopped';
}

/** An insert or change may have been written although no answer says so: 504 is no rollback. */
export function mayHaveWritten(answer: Answer | NoAnswer): boolean {
  return answer.status === null || answer.status < 300 || answer.status >= 500;
}
