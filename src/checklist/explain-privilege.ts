import {
  doorPlace,
  functionPlaces,
  missingGrantPlaces,
  sequencePlaces,
  tablePlace,
} from './explain-sql-places';
import { signedOut } from './explain-shared-causes';
import type { Asked, Draft, Weighed } from './explain-types';
import { roleInDatabase, sqlName, sqlText, tablePath, tableSql, verbSql, verbWords } from './explain-words';

/** 42501 that no policy said: a missing privilege, or a code of one's own. */
export function missingPrivilege(asked: Asked): Draft | undefined {
  const { code, message } = asked;
  if (code !== '42501' || message.includes('row-level security policy')) return undefined;
  const [, kind = '', name = ''] =
    /permission denied for (table|relation|view|materialized view|schema|sequence|function|procedure|foreign table) "?([^"]+?)"?$/.exec(
      message,
    ) ?? [];
  const first = signedOut(asked);
  // What is said of a refusal as anon is certain; without that status, being signed out is no more than possible.
  const anonymous = asked.status === 401 && first ? [first] : [];
  const causes = {
    schema: schemaUsage,
    sequence: sequenceUsage,
    function: execute,
    procedure: execute,
  }[kind];
  if (causes) {
    return {
      layer: 'privilege',
      summary: `The role may not use ${kind} ${name} (42501). No policy was asked, and nothing was written.`,
      causes: [...anonymous, ...causes(asked, name)],
    };
  }
  if (kind !== '') {
    return {
      layer: 'privilege',
      summary: `The role lacks a privilege on ${name} (42501). PostgreSQL asks for privileges before policies, so no policy was consulted; which privilege is missing the answer does not say.`,
      causes: [...anonymous, ...tableGrant(asked, name)],
    };
  }
  return custom(asked);
}

function tableGrant(asked: Asked, name: string): Weighed[] {
  const { sql, verb, answer, status } = asked;
  const isOwn = asked.table === undefined || asked.table === name || sql?.view !== undefined;
  if (!isOwn) return [otherTable(asked, name)];
  const asksFor = verbSql(verb);
  const readsToo = verb !== undefined && verb !== 'read';
  const held = asksFor && sql?.holds(asksFor);
  const columnsOnly = asksFor !== undefined && (sql?.holdsColumnsOnly(asksFor) ?? false);
  const selectHeld = sql?.holds('select');
  const isSelectMissing = readsToo && held === true && selectHeld === false;
  const [place] =
    sql?.table && asksFor
      ? missingGrantPlaces(sql.model, sql.table, isSelectMissing ? 'select' : asksFor).map(
          found => found.place,
        )
      : [];
  const privilege = isSelectMissing ? 'select' : (asksFor ?? 'select');
  const missing: Weighed = {
    id: 'missing-grant',
    title: isSelectMissing
      ? `SELECT is missing: this ${verbWords(verb)} also reads rows`
      : `The role has no ${asksFor ? asksFor.toUpperCase() : 'such privilege'} on ${name}`,
    why: `${held === false ? `Your SQL gives ${sql?.role ?? 'the role'} no ${privilege.toUpperCase()} on ${name}. ` : isSelectMissing ? `Your SQL gives ${verbWords(verb)} and no SELECT. ` : held === true ? 'Your SQL does grant it, so the database is not what the SQL says, or the privilege that is missing is another one. ' : ''}"permission denied for table" is always a missing GRANT, never a policy.${readsToo && !isSelectMissing ? ' A missing SELECT answers the same where the request has a filter or asks the row back.' : ''} v2 gives SELECT by default and nothing else; v1 gives everything.`,
    confirm: `select has_table_privilege(${sqlText(status === 401 ? 'anon' : roleInDatabase(asked))}, ${sqlText(qualified(asked, name))}, ${sqlText(privilege.toUpperCase())});`,
    fix: `grant ${privilege} on ${tableSql({ ...asked, table: name })} to authenticated;`,
    // That a privilege is missing is certain; which one, and whether it is on some columns, is not.
    certainty: 'likely',
    rules: ['grant-missing-table', 'grant-write-without-select', 'grant-not-adapted', 'grant-before-create'],
    weight: held === true && !isSelectMissing ? 55 : 90,
    ...(place && { place }),
  };
  return [
    missing,
    ...(held === true && !isSelectMissing ? [notPushed(asked, name)] : []),
    columnGrant(asked, columnsOnly, answer.request.path),
  ];
}

function columnGrant(asked: Asked, isShown: boolean, path: string | undefined): Weighed {
  return {
    id: 'column-grant',
    title: 'The privilege is on some columns only, and the request names others',
    why: `With a GRANT on columns, select=* , a filter on another column or a body with another column is refused in the same words.${isShown ? ' Your SQL grants columns.' : ''}${path?.includes('select=') ? ' The request chooses its columns.' : ''}`,
    confirm: `GET ${tablePath(asked)}?select=<a granted column> with the same token: 200 means that this is it.`,
    fix: 'Name only granted columns in select, filter and body, or grant the privilege on the table.',
    certainty: isShown ? 'likely' : 'possible',
    rules: ['grant-column-subset', 'grant-column-revoke-ineffective'],
    weight: isShown ? 94 : 20,
  };
}

function notPushed(asked: Asked, name: string): Weighed {
  return {
    id: 'differs-from-sql',
    title: 'The GRANT of your SQL is not in the database',
    why: `Your SQL grants ${verbWords(asked.verb)} on ${name}, and PostgreSQL says that it is missing: the SQL was not pushed, the privilege was revoked by hand, or the token names another role.`,
    confirm: `select grantee, privilege_type from information_schema.role_table_grants where table_name = ${sqlText(name)};`,
    fix: 'Push the SQL again.',
    certainty: 'likely',
    rules: [],
    weight: 80,
    ...(asked.sql?.table && { place: tablePlace(asked.sql.table) }),
  };
}

function otherTable(asked: Asked, name: string): Weighed {
  return {
    id: 'missing-grant',
    title: `A policy, view or function of ${asked.table ?? 'the table'} reads ${name}, on which the role has no SELECT`,
    why: `The request was about ${asked.table ?? 'another table'}; the answer names ${name}. What policies and security_invoker views read is read with the caller's privileges.`,
    confirm: `select has_table_privilege(${sqlText(roleInDatabase(asked))}, ${sqlText(qualified(asked, name))}, 'SELECT');`,
    fix: `grant select on ${sqlName(name)} to authenticated;`,
    certainty: 'likely',
    rules: ['grant-missing-table'],
    weight: 92,
  };
}

function schemaUsage(asked: Asked, schema: string): Weighed[] {
  const { model, sql } = asked;
  const isServed = model?.apiSchema === undefined || schema === model.apiSchema;
  const held = sql?.holdsUsage(schema);
  const place = sql?.table && tablePlace(sql.table);
  return [
    {
      id: 'missing-schema-usage',
      title: `The role has no USAGE on schema ${schema}`,
      why: `The words say so, for every verb and every table of the schema, be it there or not.${held === false ? ' Your SQL grants none either.' : held === true ? ' Your SQL, or the platform, grants it: it was revoked since, or the token names another role.' : ''}`,
      confirm: `select has_schema_privilege(${sqlText(asked.status === 401 ? 'anon' : roleInDatabase(asked))}, ${sqlText(schema)}, 'USAGE');`,
      fix: `grant usage on schema ${sqlName(schema)} to authenticated;`,
      certainty: 'certain',
      rules: ['grant-missing-schema-usage'],
      weight: 95,
      ...(place && { place }),
    },
    ...(isServed && schema !== 'public'
      ? []
      : [
          {
            id: 'wrong-schema',
            title: `The request asks for schema ${schema}, which is not the project's`,
            why: `${schema} is not the API schema${model?.apiSchema === undefined ? '' : ` ${model.apiSchema}`}: a profile header, or a policy or function, names it.`,
            confirm: 'Send the request without Accept-Profile and Content-Profile.',
            fix: 'Leave the schema out of SQL and requests: unqualified names land in the project’s own.',
            certainty: 'possible',
            rules: ['schema-other', 'schema-public-object'],
            weight: 60,
          } as const,
        ]),
  ];
}

function sequenceUsage(asked: Asked, sequence: string): Weighed[] {
  const place = asked.sql?.table && sequencePlaces(asked.sql.table)[0]?.place;
  return [
    {
      id: 'missing-sequence-grant',
      title: `The role may not use sequence ${sequence}`,
      why: 'A serial column takes its value from the sequence with the caller’s privileges. It comes before the policies, so it says nothing about them. Identity columns need no such privilege.',
      confirm: `select has_sequence_privilege(${sqlText(roleInDatabase(asked))}, ${sqlText(qualified(asked, sequence))}, 'USAGE');`,
      fix: `grant usage on sequence ${sqlName(sequence)} to authenticated;`,
      certainty: 'certain',
      rules: ['grant-missing-sequence'],
      weight: 95,
      ...(place && { place }),
    },
  ];
}

function execute(asked: Asked, name: string): Weighed[] {
  const { sql, verb, model, answer } = asked;
  const isUid = name === 'uid';
  const isCalled = answer.request.routine === name;
  const place = isCalled
    ? model && doorPlace(model, name)?.place
    : sql?.table && functionPlaces(sql.model, sql.table, verbSql(verb) ?? 'select')[0]?.place;
  const written = isUid ? 'auth.uid()' : sqlName(name);
  return [
    {
      id: 'missing-function-grant',
      title: isUid ? 'The role may not run auth.uid()' : `The role may not run function ${name}`,
      why: isCalled
        ? 'The request calls it, and nobody granted EXECUTE to the role.'
        : `A policy, a default or a trigger calls it with the caller's privileges.${isUid ? ' "uid" is auth.uid(), which the platform opens to everybody: somebody revoked that.' : ''}`,
      confirm: `select proname, proacl from pg_proc where proname = ${sqlText(name)};`,
      fix: `grant execute on function ${written} to authenticated;`,
      certainty: 'certain',
      rules: ['grant-missing-function'],
      weight: 95,
      ...(place && { place }),
    },
  ];
}

/** 42501 with words of nobody's: raised by a function, or about ownership. */
function custom(asked: Asked): Draft {
  const isOwnership = /must be owner|permission denied to|Refusing push|disallowed/.test(asked.message);
  return {
    layer: 'privilege',
    summary: `PostgreSQL answers 42501 with "${asked.message}", which is no missing GRANT on a table and no policy.`,
    causes: [
      {
        id: isOwnership ? 'missing-grant' : 'custom-error',
        title: isOwnership
          ? 'The statement is for owners, superusers or the platform'
          : 'A trigger or function of the project raises it',
        why: isOwnership
          ? 'The words are PostgreSQL’s, or those of the gate that a push passes.'
          : "PostgreSQL has no such message: somebody wrote RAISE … USING ERRCODE = '42501'.",
        confirm: isOwnership
          ? 'Lint the SQL of the push: flux-rls lint.'
          : `select proname from pg_proc where prosrc ilike ${sqlText(`%${asked.message.slice(0, 60)}%`)};`,
        fix: isOwnership
          ? 'Leave the statement out of the push.'
          : 'Meet the condition of that function, or change it.',
        certainty: 'likely',
        rules: isOwnership ? ['push-superuser', 'push-create-extension', 'rls-not-enabled'] : [],
        weight: 80,
      },
    ],
  };
}

function qualified({ model, sql }: Asked, name: string): string {
  const schema = sql?.table?.schema ?? model?.apiSchema;
  return schema === undefined || schema === '' ? name : `${schema}.${name}`;
}
