import type { Asked, CauseId, Certainty, Draft, Layer } from './explain-types';

type Row = readonly [
  summary: string,
  id: CauseId,
  certainty: Certainty,
  title: string,
  why: string,
  confirm: string,
  fix: string,
  rules?: readonly string[],
];

/** What PostgREST cannot make a query of. */
const ROWS: Readonly<Record<string, (asked: Asked) => Row>> = {
  PGRST100: ({ answer }) => [
    'PostgREST cannot read the query of the address (400). No SQL ran.',
    'bad-request',
    'certain',
    'A filter, select or order is not written as PostgREST reads it',
    `It says: ${answer.details ?? answer.message ?? 'failed to parse'}. Filters are column=operator.value, as owner_id=eq.ann. A ?apikey=<token> counts as a filter as well.`,
    'GET the table without any query.',
    'Write the filter as column=eq.value.',
  ],
  PGRST102: ({ message }) => [
    'PostgREST cannot read the body (400). No SQL ran.',
    'bad-request',
    'certain',
    message.includes('keys must match')
      ? 'The rows of a bulk insert have different keys'
      : message.includes('Content-Type')
        ? 'The body is not sent as JSON'
        : 'The body is no JSON',
    `It says: ${message}.`,
    'Send the body with curl -d and -H "Content-Type: application/json".',
    message.includes('keys must match')
      ? 'Give all rows the same keys, or add ?columns=…'
      : 'Send JSON with Content-Type: application/json.',
  ],
  PGRST103: ({ answer }) => [
    'The page that was asked for lies behind the last row (416).',
    'outside-range',
    'certain',
    'The offset or Range is larger than the number of visible rows',
    `It says: ${answer.details ?? 'Requested range not satisfiable'}. Only rows that the policies show are counted.`,
    'Ask with Prefer: count=exact and no offset.',
    'Stop at the total of content-range.',
  ],
  PGRST105: () => [
    'PUT is not possible here (405).',
    'bad-request',
    'certain',
    'PUT needs a primary key, and a filter on all of it',
    'The table has none, or the filter has other columns.',
    'Look at the table’s primary key.',
    'Give the table a primary key, or use POST with Prefer: resolution=merge-duplicates.',
    ['table-no-primary-key'],
  ],
  PGRST106: ({ message, engine }) => [
    'PostgREST does not serve the schema that was asked for (406).',
    'wrong-schema',
    'certain',
    engine === 'v2_shared'
      ? 'The project’s schema is not served yet'
      : 'A profile header names another schema',
    `${message}.${engine === 'v2_shared' ? ' On v2 the gateway writes the profile, so the platform has not set the project up, or not reloaded.' : ' Accept-Profile (reading) and Content-Profile (writing) choose the schema; on v2 the gateway writes them itself.'}`,
    'Send the request without profile headers.',
    engine === 'v2_shared'
      ? 'Tell who runs the platform.'
      : 'Leave the profile headers out, or name a schema of the list.',
    ['schema-other'],
  ],
  PGRST107: () => [
    'PostgREST cannot answer in the form that was asked for (406; 415 before 12.2).',
    'media-type',
    'certain',
    'The Accept header names a form that is not available',
    'JSON, CSV and application/vnd.pgrst.object+json are; XML and query plans are not.',
    'Send Accept: application/json.',
    'Send Accept: application/json.',
  ],
  PGRST116: ({ answer }) => [
    'One row was asked for, and there are more (406). Nothing was written.',
    'many-rows',
    'certain',
    'The filter fits more than one row',
    `It says: ${answer.details ?? 'multiple rows'}. .single() and Accept: application/vnd.pgrst.object+json want exactly one.`,
    'Send the request without that Accept header.',
    'Filter by the primary key, or add limit=1. More rows than one’s own are a leak: run the checklist.',
    ['policy-always-true', 'rls-not-enabled'],
  ],
  PGRST200: ({ message }) => [
    'PostgREST knows no way from one table to the other (400).',
    'relationship-missing',
    'certain',
    'There is no foreign key between the two',
    `${message}. It reads foreign keys from its cache of the schema, so a new one may be missing there.`,
    "notify pgrst, 'reload schema'; and ask again.",
    'Add the foreign key, or mend the name in select.',
  ],
  PGRST202: ({ message }) => [
    'PostgREST knows no function of this name with these arguments (404).',
    'function-missing',
    'certain',
    'The function is not there, not in this schema, or takes other arguments',
    `${message}. Arguments go by name.`,
    "select proname, pg_get_function_identity_arguments(oid) from pg_proc where proname = '<the function>';",
    "Push the function, send its arguments by their names, or run: notify pgrst, 'reload schema';",
    ['schema-other', 'function-overload'],
  ],
  PGRST203: () => [
    'Two functions fit the call (300).',
    'function-missing',
    'certain',
    'Overloads that one call can mean',
    'PostgREST cannot choose by the names of the arguments.',
    "select proname, pg_get_function_identity_arguments(oid) from pg_proc where proname = '<the function>';",
    'Drop one of them, or name it otherwise.',
    ['function-overload'],
  ],
  '25006': ({ answer }) => [
    'A function that writes was called by GET, which runs read-only (405).',
    'read-only-call',
    'certain',
    'The call is a GET and the function writes',
    `It says: ${answer.message ?? 'read-only transaction'}.`,
    `Send the same call by POST to ${answer.request.path ?? '/rpc/<function>'}.`,
    'Call it by POST.',
  ],
};

/** Answers that are about the form of the request and not about rows. */
export function request(asked: Asked): Draft | undefined {
  const { code = '' } = asked;
  const row = ROWS[code]?.(asked);
  if (row) {
    const [summary, id, certainty, title, why, confirm, fix, rules = []] = row;
    const layer: Layer = code === '25006' ? 'postgresql' : 'postgrest';
    return { layer, summary, causes: [{ id, certainty, title, why, confirm, fix, rules, weight: 90 }] };
  }
  return undefined;
}
