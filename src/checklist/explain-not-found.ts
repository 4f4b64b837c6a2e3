import { columnIn } from './explain-about';
import { tablePlace } from './explain-sql-places';
import type { Asked, Draft, Weighed } from './explain-types';
import { sqlText, tablePath, tableWords } from './explain-words';

/** A table or a column that is not there, or that PostgREST does not know. */
export function notFound(asked: Asked): Draft | undefined {
  const { code, status, answer, message } = asked;
  if (code === '42P01' || code === 'PGRST205') return unknownTable(asked);
  if (code === '42703' || code === 'PGRST204') return unknownColumn(asked);
  if (code !== undefined || status !== 404 || message !== '') return undefined;
  return ['empty object', 'none', 'unknown'].includes(answer.body) ? notCached(asked) : undefined;
}

function unknownTable(asked: Asked): Draft {
  const { message, sql, model } = asked;
  const [, name = tableWords(asked)] =
    /relation "([^"]*)"|table '([^']*)'/.exec(message)?.filter(Boolean) ?? [];
  const dot = name.lastIndexOf('.');
  const table = name.slice(dot + 1);
  const schema = dot === -1 ? undefined : name.slice(0, dot);
  const isMade = sql?.table !== undefined || sql?.view !== undefined;
  const near = model?.exposedTables.find(other => isNear(other.name, table));
  const place = sql?.table ?? (isMade ? undefined : near);
  return {
    layer: 'postgresql',
    summary: `There is no ${name} where requests look (404).`,
    causes: [
      {
        id: 'table-not-found',
        weight: 90,
        certainty: isMade ? 'likely' : near || model ? 'likely' : 'possible',
        title: isMade
          ? 'The SQL that makes it was not pushed, or the push failed'
          : near
            ? `It is called ${near.name}`
            : 'The name is not the table’s, or the table was never pushed',
        why: isMade
          ? `Your SQL makes ${tableWords(asked)}, and the database does not have it: a push that fails takes everything back.`
          : near
            ? `Your SQL has ${near.name}; names are compared letter by letter.`
            : `${model ? 'Your SQL makes no such table. ' : ''}Names are compared letter by letter, upper case included.`,
        confirm: `select table_schema, table_name from information_schema.tables where table_name = ${sqlText(table)};`,
        fix: isMade
          ? 'Push again and read what it answers: "operator does not exist: uuid = text" is the usual reason.'
          : 'Mend the name, or push the SQL that makes the table.',
        rules: ['owner-uuid', 'schema-public-object', 'schema-other', 'sql-syntax'],
        ...(place && { place: tablePlace(place) }),
      },
      {
        id: 'wrong-schema',
        weight: schema === 'public' ? 95 : 55,
        certainty: 'possible',
        title: 'The table is in another schema',
        why: `Requests look in ${schema ?? 'the API schema'} only${schema === 'public' ? ': that is PostgREST without the gateway’s profile' : ''}; a table made in public is not there.`,
        confirm: `select table_schema from information_schema.tables where table_name = ${sqlText(table)};`,
        fix: 'Leave the schema out of CREATE TABLE: a push puts it into the project’s own.',
        rules: ['schema-public-object', 'schema-other'],
      },
    ],
  };
}

function unknownColumn(asked: Asked): Draft {
  const { message, sql, code } = asked;
  const column = columnIn(message);
  const isMade = column !== undefined && sql?.table?.columns.has(column) === true;
  const isStale = code === 'PGRST204';
  const found = isMade ? sql.table.columns.get(column) : undefined;
  const causes: Weighed[] = [
    {
      id: 'column-missing',
      weight: isMade ? 50 : 90,
      certainty: isMade || isStale ? 'possible' : 'certain',
      title: `The table has no column ${column ?? 'of that name'}`,
      why: `It says: ${message}.${sql?.table && !isMade ? ' Your SQL has no such column either.' : ''}`,
      confirm: `select column_name from information_schema.columns where table_name = ${sqlText(tableWords(asked))};`,
      fix: 'Mend the name, or add the column: CREATE TABLE IF NOT EXISTS adds none to a table that is there.',
      rules: ['column-missing', 'table-if-not-exists-stale'],
      ...(sql?.table && { place: tablePlace(sql.table) }),
    },
  ];
  if (isStale) {
    causes.push({
      id: 'stale-schema-cache',
      weight: isMade ? 95 : 60,
      certainty: isMade ? 'likely' : 'possible',
      title: 'PostgREST does not know the column yet',
      why: `Writes are checked against its cache of the schema; reading the column works meanwhile.${isMade ? ' Your SQL has the column.' : ''}`,
      confirm: `GET ${tablePath(asked)}?select=${column ?? '<column>'}: 200 means that the cache is stale.`,
      fix: "notify pgrst, 'reload schema';",
      rules: [],
      ...(found && { place: { ...found.at, name: found.name, statement: found.statement.at } }),
    });
  } else if (isMade) {
    causes.push({
      id: 'differs-from-sql',
      weight: 90,
      certainty: 'likely',
      title: 'The column of your SQL is not in the database',
      why: `Your SQL has ${column}, and PostgreSQL does not: the SQL was not pushed, or CREATE TABLE IF NOT EXISTS left an older table as it was.`,
      confirm: `select column_name from information_schema.columns where table_name = ${sqlText(tableWords(asked))};`,
      fix: `alter table ${tableWords(asked)} add column ${column} …;`,
      rules: ['table-if-not-exists-stale'],
      ...(found && { place: { ...found.at, name: found.name, statement: found.statement.at } }),
    });
  }
  return {
    layer: code === '42703' ? 'postgresql' : 'postgrest',
    summary: 'A column is not there, or not known (400). Nothing was written.',
    causes,
  };
}

/** 404 with `{}`: the table is not in PostgREST's cache of the schema. */
function notCached(asked: Asked): Draft {
  const { sql, answer } = asked;
  const path = answer.request.path ?? '';
  const isOdd = /^\/(?:rest\/v1\/|[^/?]+\/(?:\?|$)|[^/?]+\/[^/?]+)/.test(path) && !path.startsWith('/rpc/');
  const isMade = sql?.table !== undefined;
  return {
    layer: 'postgrest',
    summary:
      'PostgREST knows no such table (404 without a message). It looks writes up in its cache of the schema; reads go to PostgreSQL and do not need it.',
    causes: [
      {
        id: 'stale-schema-cache',
        weight: isOdd ? 30 : isMade ? 92 : 70,
        certainty: isMade && !isOdd ? 'likely' : 'possible',
        title: 'The cache of PostgREST is older than the table',
        why: `A table made by hand, or a push whose reload was lost, answers GET and DELETE, and 404 to POST and PATCH.${isMade ? ' Your SQL makes the table.' : ''}`,
        confirm: `GET ${tablePath(asked)} with the same token: 200 means that the cache is stale, 404 with 42P01 that there is no table.`,
        fix: "notify pgrst, 'reload schema'; or push again.",
        rules: [],
        ...(sql?.table && { place: tablePlace(sql.table) }),
      },
      {
        id: 'table-not-found',
        weight: isMade ? 40 : 60,
        certainty: 'possible',
        title: 'There is no such table',
        why: 'The name, its case or its schema is another.',
        confirm: `GET ${tablePath(asked)}: 404 with 42P01 names the schema that was really used.`,
        fix: 'Mend the name, or push the SQL that makes the table.',
        rules: ['schema-public-object', 'schema-other'],
      },
      {
        id: 'path-prefix',
        weight: isOdd ? 95 : 10,
        certainty: isOdd ? 'likely' : 'possible',
        title: 'The path has more than the table’s name',
        why: 'Flux serves /notes; /rest/v1/notes and /notes/ are unknown here (v1 may strip the prefix).',
        confirm: `GET ${tablePath(asked)}`,
        fix: 'Use the gateway URL and /<table>.',
        rules: [],
      },
    ],
  };
}

/** The same but for case, underscores and a plural s. */
function isNear(a: string, b: string): boolean {
  const bare = (name: string): string => name.toLowerCase().replace(/_/g, '').replace(/s$/, '');
  return a !== b && bare(a) === bare(b);
}
