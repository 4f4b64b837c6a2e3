import { aboutOf } from './explain-about';
import { constraint } from './explain-constraint';
import { edge } from './explain-edge';
import { empty } from './explain-empty';
import { notFound } from './explain-not-found';
import { missingPrivilege } from './explain-privilege';
import { refusedRow } from './explain-refused-row';
import { request } from './explain-request';
import { sqlError } from './explain-sql-error';
import { SqlView } from './explain-sql-view';
import { success } from './explain-success';
import { refusedToken } from './explain-token';
import type {
  Asked,
  Draft,
  ExplainContext,
  ExplainedCause,
  Explanation,
  Layer,
  Topic,
  Weighed,
} from './explain-types';
import type { PastedAnswer } from './explain-answer';

export type { Certainty, CauseId, ExplainContext, ExplainedCause, Explanation, Layer } from './explain-types';

/** The first that knows an answer explains it. */
const TOPICS: readonly Topic[] = [
  edge,
  refusedToken,
  refusedRow,
  missingPrivilege,
  constraint,
  sqlError,
  empty,
  request,
  notFound,
  success,
];

/**
 * Says which layer answered, what can have led to it, how to find out, and what to do. With a model of the project's SQL
 * the causes that the SQL shows come first, with their place; what neither the answer nor the SQL proves stays
 * `possible`.
 */
export function explain(answer: PastedAnswer, context: ExplainContext = {}): Explanation {
  const asked = askedOf(answer, context);
  const draft = TOPICS.map(topic => topic(asked)).find(found => found !== undefined) ?? unheardOf(asked);
  const causes = [...draft.causes].sort((a, b) => b.weight - a.weight).map(withoutWeight);
  return {
    layer: draft.layer,
    answeredBy: answeredBy(draft.layer, asked),
    summary: draft.summary,
    causes,
    notes: notesOf(asked),
    about: aboutOf(asked),
  };
}

function askedOf(answer: PastedAnswer, context: ExplainContext): Asked {
  const { status, code, message = '' } = answer;
  const { engine, claims, model, tokenExpiry, now } = context;
  const table = context.table ?? answer.request.table ?? tableIn(message);
  const verb = context.verb ?? answer.request.verb;
  const role = claims?.role;
  const isAnonymous =
    engine !== 'v2_shared' &&
    ((status === 401 && code !== undefined && !code.startsWith('PGRST')) ||
      (engine === 'v1_dedicated' &&
        (answer.request.hasToken === false ||
          (claims !== undefined && (role === undefined || role === 'anon')))));
  const sql = model && new SqlView(model, table, isAnonymous);
  const owner = context.owner ?? (sql?.table && model?.ownerColumns(sql.table)[0]?.name);
  const subject = context.subject ?? (typeof claims?.sub === 'string' ? claims.sub : undefined);
  return {
    answer,
    status,
    code,
    message,
    engine,
    verb,
    table,
    owner,
    subject,
    claims,
    tokenExpiry,
    now,
    isAnonymous,
    sql,
    model,
  };
}

/** The relation that a message of PostgreSQL names. */
function tableIn(message: string): string | undefined {
  return (
    /row-level security policy(?: "[^"]*")?(?: \(USING expression\))? for table "([^"]+)"/.exec(
      message,
    )?.[1] ??
    /permission denied for (?:table|relation|view|materialized view) "?([^"]+?)"?$/.exec(message)?.[1] ??
    /(?:on table|of relation|for relation) ["']([^"']+)["']/.exec(message)?.[1] ??
    /column (\w+)\.\w+ does not exist/.exec(message)?.[1]
  );
}

function withoutWeight({ weight: _, ...cause }: Weighed): ExplainedCause {
  return cause;
}

const LAYERS: Readonly<Record<Layer, string>> = {
  gateway: 'The v2 gateway answered by itself: PostgREST and PostgreSQL did not see the request.',
  postgrest: 'PostgREST answered by itself.',
  policy: 'PostgreSQL answered: a policy of row-level security refused.',
  privilege: 'PostgreSQL answered: a privilege is missing. It asks for these before any policy.',
  constraint: 'PostgreSQL answered: a constraint or type of the table refused the row.',
  postgresql: 'PostgreSQL answered with an error.',
  app: 'The app answered by itself, before it called Flux.',
  other: 'Something that shows neither the gateway’s nor PostgREST’s marks answered.',
  none: 'Nothing refused the request.',
};

function answeredBy(layer: Layer, { answer, status, engine }: Asked): string {
  if (answer.noAnswer) return 'No answer came.';
  if (layer !== 'gateway' || engine !== 'v1_dedicated') return LAYERS[layer];
  return `${LAYERS[layer]} A v1 project has no gateway${status === undefined ? '' : `, so this ${status} comes from another project's address`}.`;
}

/** An answer of no known form. */
function unheardOf({ status, code, message }: Asked): Draft {
  const said = [status, code, message === '' ? undefined : `"${message}"`]
    .filter(part => part !== undefined)
    .join(' ');
  const isSql = code !== undefined && !code.startsWith('PGRST');
  return {
    layer: isSql ? 'postgresql' : code === undefined ? 'other' : 'postgrest',
    summary: `The answer is ${said === '' ? 'of no known form' : said}; nothing more is known of it here.`,
    causes: [
      {
        id: isSql || code !== undefined ? 'custom-error' : 'not-flux',
        title: code === undefined ? 'It is not an answer of Flux' : `Code ${code}`,
        why:
          code === undefined
            ? 'It has neither the form of the gateway’s errors nor of PostgREST’s.'
            : 'The message says what it is about.',
        confirm: 'Send the request again with curl -i, and explain all of what it shows.',
        fix:
          code === undefined
            ? 'Check the gateway URL.'
            : `Look ${code} up in the manual of ${isSql ? 'PostgreSQL (Appendix A, error codes)' : 'PostgREST (Errors)'}.`,
        certainty: 'possible',
        rules: [],
        weight: 10,
      },
    ],
  };
}

/** What would have told more. */
function notesOf({ answer, engine, sql, model, table }: Asked): string[] {
  const { unknown, droppedSecret, codeIsGuessed, code } = answer;
  return [
    ...(droppedSecret ? ['The text held a token or another secret; it was dropped and is not kept.'] : []),
    ...(unknown.length > 0 ? [`The text does not tell ${unknown.join(', ')}.`] : []),
    ...(codeIsGuessed === true ? [`The text has no code; its words are those of ${code ?? ''}.`] : []),
    ...(engine === undefined
      ? ['The engine is not known: what differs between v1 and v2 is said for both.']
      : []),
    ...(model && table !== undefined && !sql?.table && !sql?.view
      ? [`The SQL of the project does not make ${table}.`]
      : []),
  ];
}
