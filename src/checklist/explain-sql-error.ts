import { functionPlaces, ownerTypePlaces, recursionPlaces } from './explain-sql-places';
import type { Asked, CauseId, Certainty, Draft, Weighed } from './explain-types';
import { ownerSql, policiesQuery, tableSql, tableWords, verbSql } from './explain-words';

/** PostgreSQL began, and gave up: values, policies and functions that do not run. */
export function sqlError(asked: Asked): Draft | undefined {
  const make = BY_CODE[asked.code ?? ''];
  return make?.(asked);
}

const BY_CODE: Readonly<Record<string, (asked: Asked) => Draft>> = {
  '22P02': wrongType,
  '42P17': recursion,
  '54001': recursion,
  '42883': noOperator,
  '42804': defaultType,
  '57014': slow,
  P0001: raised,
};

/** The quoted value tells whose fault it is: PostgreSQL quotes what it could not read. */
function wrongType(asked: Asked): Draft {
  const { message, subject, claims, sql, answer } = asked;
  const [, type = 'another type', value = ''] = /(?:type|enum) ([^:]+): "(.*)"/.exec(message) ?? [];
  const sub = subject ?? (typeof claims?.sub === 'string' ? claims.sub : undefined);
  const isEnum = message.includes('for enum');
  const isSubject = sub !== undefined && value === sub;
  const inRequest =
    value !== '' &&
    ((answer.request.path?.includes(value) ?? false) ||
      Object.values(answer.request.row ?? {}).some(sent => String(sent) === value));
  const [place] = sql?.table
    ? ownerTypePlaces(sql.model, sql.table, verbSql(asked.verb) ?? 'select').map(found => found.place)
    : [];
  const casts = !isEnum && (place !== undefined || sql?.table === undefined);
  const owner = ownerSql(asked);
  const causes: Weighed[] = [
    {
      id: isEnum ? 'enum-value' : 'value-not-read',
      weight: isEnum || (inRequest && !isSubject) ? 95 : isSubject ? 20 : 60,
      certainty: isEnum ? 'certain' : inRequest && !isSubject ? 'likely' : 'possible',
      title: isEnum
        ? `${type} has no such value`
        : `The request sends "${value}" for a column of type ${type}`,
      why: `${inRequest ? 'The value stands in the request.' : 'A filter or a body with a value of another type answers this.'}${isSubject ? ' It is the subject, so the client may have sent it as the owner of a uuid column.' : ''}`,
      confirm: isEnum ? `select enum_range(null::${type});` : 'Send the request without that value.',
      fix: isEnum ? 'Send one of its values.' : `Send a ${type}.`,
      rules: [],
    },
  ];
  if (!isEnum && casts) {
    causes.push({
      id: 'owner-type',
      weight: isSubject ? 96 : sub === undefined ? (place ? 75 : 55) : 15,
      certainty: isSubject ? (inRequest ? 'possible' : 'likely') : 'possible',
      title: `A policy casts the subject to ${type}, and this subject is none`,
      why: `${isSubject ? `"${value}" is the sub of the token. ` : sub === undefined ? `If "${value}" is the sub of the token, this is it. ` : `The sub is "${sub}", which speaks against it. `}auth.uid()::${type} fails for every user whose id is no ${type}, on every verb, even on an empty table.`,
      confirm: policiesQuery(asked),
      fix: `alter table ${tableSql(asked)} alter column ${owner} type text; and policies with ${owner} = auth.uid(), without a cast.`,
      rules: ['owner-uuid-cast', 'owner-not-text', 'owner-uuid'],
      ...(place && { place }),
    });
  }
  return {
    layer: 'postgresql',
    summary: `PostgreSQL cannot read "${value}" as ${type} (22P02). Whose value it is tells where to look: the client's, or the sub of the token.`,
    causes,
  };
}

function recursion(asked: Asked): Draft {
  const { sql, model, message, code } = asked;
  const name = /relation "([^"]*)"/.exec(message)?.[1];
  const table = model?.exposedTables.find(each => each.name === name) ?? sql?.table;
  const [place] = model && table ? recursionPlaces(model, table).map(found => found.place) : [];
  return one(
    `A policy${name === undefined ? '' : ` of ${name}`} leads back to its own table, so PostgreSQL gives up (${code ?? '42P17'}; 400 before PostgREST 12.2, 500 since).`,
    'policy-recursion',
    code === '42P17' ? 'certain' : 'likely',
    code === '42P17'
      ? 'A policy reads its own table, or two tables read each other'
      : 'A function that a policy calls reads the policy’s table',
    `Every subquery in a policy is judged by the policies of what it reads.${place ? ` Your SQL does so in ${place.name}.` : ''} An INSERT with return=minimal does not run into it.`,
    policiesQuery({ table: name ?? asked.table }),
    'Compare with auth.uid() in the policy itself, or put the subquery into a SECURITY DEFINER function with a search path of its own.',
    ['policy-recursion'],
    place,
  );
}

function noOperator(asked: Asked): Draft {
  const { message, sql } = asked;
  const isFunction = message.includes('function');
  const [place] =
    sql?.table === undefined
      ? []
      : isFunction
        ? functionPlaces(sql.model, sql.table, verbSql(asked.verb) ?? 'select').map(found => found.place)
        : ownerTypePlaces(sql.model, sql.table, verbSql(asked.verb) ?? 'select').map(found => found.place);
  return one(
    `PostgreSQL has no such ${isFunction ? 'function' : 'operator'} (42883): ${message}.`,
    isFunction ? 'function-missing' : 'operator-missing',
    isFunction ? 'likely' : 'certain',
    isFunction
      ? 'A function is not there, or takes other types'
      : 'A column is compared with a value of another type, as a uuid with auth.uid(), which is text',
    isFunction
      ? 'A policy, a default or the request calls it.'
      : 'CREATE POLICY fails with this, and with it the whole push: the table is not made (404, 42P01).',
    policiesQuery(asked),
    isFunction ? 'Push the function, or call one that is there.' : `Make ${ownerSql(asked)} text.`,
    isFunction
      ? ['policy-supabase-function', 'push-extension-function', 'policy-helper-unknown']
      : ['owner-uuid', 'owner-not-text'],
    place,
  );
}

function defaultType(asked: Asked): Draft {
  return one(
    `A value has another type than its column (42804): ${asked.message}.`,
    'owner-type',
    asked.message.includes('default') ? 'certain' : 'likely',
    'auth.uid() is text, and the column is not',
    'A default or an assignment without a cast fails with this; in a push it takes everything back.',
    `select column_name, data_type, column_default from information_schema.columns where table_name = '${tableWords(asked)}';`,
    `Make ${ownerSql(asked)} text.`,
    ['owner-uuid', 'owner-not-text'],
  );
}

function slow(asked: Asked): Draft {
  return one(
    'PostgreSQL stopped the statement at its time limit (57014). Nothing was written.',
    'slow-query',
    'certain',
    'The statement takes longer than the role’s statement timeout (15 s on v2)',
    'A policy that asks for the subject with every row, or an owner column without an index, makes it read everything.',
    `explain analyze select * from ${tableSql(asked)}; as the role of the request.`,
    'Add an index on the owner column, and write (select auth.uid()) in policies.',
    ['owner-no-index', 'policy-initplan', 'policy-function-on-column'],
  );
}

function raised(asked: Asked): Draft {
  return one(
    `A function or trigger raised an error of its own: "${asked.message}".`,
    'custom-error',
    'certain',
    'RAISE EXCEPTION in a function or trigger of the project',
    'P0001 is the code of RAISE without one.',
    `select proname from pg_proc where prosrc ilike '%${asked.message.slice(0, 60).replaceAll("'", "''")}%';`,
    'Meet the condition of that function, or change it.',
  );
}

function one(
  summary: string,
  id: CauseId,
  certainty: Certainty,
  title: string,
  why: string,
  confirm: string,
  fix: string,
  rules: readonly string[] = [],
  place?: Weighed['place'],
): Draft {
  const cause = { id, certainty, title, why, confirm, fix, rules, weight: 90, ...(place && { place }) };
  return { layer: 'postgresql', summary, causes: [cause] };
}
