import type { CatalogFacts, CatalogQuestion, PolicyFact } from './catalog-facts';

/** Whether a cause holds, and what the catalog says about it. */
export interface CatalogAnswer {
  /** Undefined where the catalog cannot tell. */
  readonly confirmed: boolean | undefined;
  /** What was found, for people; the first one answers the question. */
  readonly sentences: readonly string[];
}

type Explain = (facts: CatalogFacts, question: CatalogQuestion) => CatalogAnswer;

/** Says of a cause what the facts of the catalog say. */
export function explainFromFacts(facts: CatalogFacts, question: CatalogQuestion): CatalogAnswer {
  const { schema, role } = question;
  const explain = CAUSES[question.cause];
  if (!explain) return { confirmed: undefined, sentences: [] };
  if (!facts.schemaThere) {
    const isCause = question.cause === 'wrong-schema' || question.cause === 'table-not-found';
    return { confirmed: isCause, sentences: [`The database has no schema ${schema}.`] };
  }
  const isOfRole = ![
    'wrong-schema',
    'table-not-found',
    'column-missing',
    'owner-type',
    'owner-default',
  ].includes(question.cause);
  if (isOfRole && !facts.roleThere) {
    return {
      confirmed: undefined,
      sentences: [`The database has no role ${role}: check the engine of the project.`],
    };
  }
  if (!facts.tableThere && question.cause !== 'wrong-schema' && question.cause !== 'missing-schema-usage') {
    return withoutTable(facts, question);
  }
  const answer = explain(facts, question);
  return isOfRole ? { ...answer, sentences: [...answer.sentences, ...aboutRole(facts, question)] } : answer;
}

/** A table that is not there is the cause of its own absence, and of nothing else. */
function withoutTable({ elsewhere }: CatalogFacts, { schema, table, cause }: CatalogQuestion): CatalogAnswer {
  const others = elsewhere.length > 0 ? ` It is in ${elsewhere.join(', ')}.` : '';
  return {
    confirmed: cause === 'table-not-found',
    sentences: [`Schema ${schema} has no table ${table}.${others}`],
  };
}

/** What makes policies count for nothing, whatever was asked. */
function aboutRole(
  { superuser, bypassesRls, ownsTable, forced }: CatalogFacts,
  { role, table }: CatalogQuestion,
): string[] {
  if (superuser) return [`${role} is a superuser: policies do not bind it.`];
  if (bypassesRls) return [`${role} has BYPASSRLS: policies do not bind it.`];
  if (ownsTable && !forced)
    return [`${role} owns ${table}, whose row security is not forced: policies do not bind it.`];
  return [];
}

function isBound({ superuser, bypassesRls, ownsTable, forced, rowSecurity }: CatalogFacts): boolean {
  return rowSecurity === true && !superuser && !bypassesRls && !(ownsTable && !forced);
}

const CAUSES: Readonly<Record<string, Explain>> = {
  'missing-grant': ({ tablePrivilege, columnPrivilege, schemaUsage }, { role, verb, table, schema }) => {
    const privilege = verb.toUpperCase();
    if (schemaUsage === false)
      return {
        confirmed: false,
        sentences: [`${role} has no USAGE on schema ${schema}, which is asked first.`],
      };
    if (tablePrivilege) return no(`${role} has ${privilege} on ${table}.`);
    return columnPrivilege
      ? yes(
          `${role} has ${privilege} on some columns of ${table} only: what names another one, or all, is refused.`,
        )
      : yes(`${role} has no ${privilege} on ${table}.`);
  },
  'missing-schema-usage': ({ schemaUsage }, { role, schema }) =>
    schemaUsage
      ? no(`${role} has USAGE on schema ${schema}.`)
      : yes(`${role} has no USAGE on schema ${schema}.`),
  'missing-sequence-grant': ({ closedSequences, sequences }, { role, table }) => {
    if (closedSequences.length > 0)
      return yes(`${role} may not use ${closedSequences.join(', ')}, which a default of ${table} asks.`);
    return no(
      sequences === 0
        ? `No default of ${table} asks a sequence.`
        : `${role} may use every sequence that a default of ${table} asks.`,
    );
  },
  'missing-function-grant': ({ closedFunctions, functions }, { role, table }) => {
    if (closedFunctions.length > 0)
      return yes(`${role} may not run ${closedFunctions.join(', ')}, which a policy of ${table} calls.`);
    return functions === 0
      ? no(`No policy of ${table} for this calls a function of its own.`)
      : // What such a function calls in turn is not in the catalog.
        {
          confirmed: undefined,
          sentences: [`${role} may run every function that the policies of ${table} call.`],
        };
  },
  policy: (facts, { role, verb, table }) => {
    if (facts.rowSecurity === false) return no(`Row security of ${table} is off: no policy is asked.`);
    if (!isBound(facts)) return no(`The policies of ${table} do not bind ${role}.`);
    const permissive = facts.policies.filter(policy => policy.permissive);
    if (permissive.length === 0)
      return yes(
        `No permissive policy lets ${role} ${verb.toUpperCase()} on ${table}: every row is refused.`,
      );
    return {
      confirmed: undefined,
      sentences: [
        `Whether a row passes is up to these policies of ${table}: ${facts.policies.map(policyInWords).join('; ')}.`,
      ],
    };
  },
  'rls-off': (facts, { table, role }) => {
    if (facts.rowSecurity === false) return yes(`Row security of ${table} is off.`);
    return no(
      `Row security of ${table} is on${facts.forced ? ' and forced' : ''}${isBound(facts) ? ` and binds ${role}` : ''}.`,
    );
  },
  'owner-type': ({ ownerType }, { table, owner }) => {
    if (owner === undefined) return cannotTell();
    if (ownerType === null) return no(`${table} has no column ${owner}.`);
    return /^(?:text|character varying|citext)\b/.test(ownerType)
      ? no(`${table}.${owner} is ${ownerType}.`)
      : yes(`${table}.${owner} is ${ownerType}, and subjects are text.`);
  },
  'owner-default': ({ ownerType, ownerDefault, insertTriggers }, { table, owner }) => {
    if (owner === undefined || ownerType === null) return cannotTell();
    if (ownerDefault !== null) return no(`${table}.${owner} has the default ${ownerDefault}.`);
    return insertTriggers.length > 0
      ? {
          confirmed: undefined,
          sentences: [
            `${table}.${owner} has no default; trigger ${insertTriggers.join(', ')} may fill it in.`,
          ],
        }
      : yes(`${table}.${owner} has no default, and no trigger fills it in.`);
  },
  'table-not-found': (_facts, { schema, table }) => no(`Schema ${schema} has ${table}.`),
  'wrong-schema': (_facts, { schema }) =>
    no(`The database has schema ${schema}; whether PostgREST serves it is up to its settings.`),
  'stale-schema-cache': (_facts, { schema, table }) =>
    yes(
      `Schema ${schema} has ${table}: PostgREST has not read the schema since it was made, or does not serve it.`,
    ),
  'column-missing': ({ ownerType }, { table, owner }) => {
    if (owner === undefined) return cannotTell();
    return ownerType === null ? yes(`${table} has no column ${owner}.`) : no(`${table} has column ${owner}.`);
  },
  'bypassing-door': ({ openViews }, { role, table }) =>
    openViews.length > 0
      ? yes(`${role} may read ${openViews.join(', ')}, which reads ${table} with its owner's rights.`)
      : {
          confirmed: undefined,
          sentences: [
            `No view that ${role} may read passes the policies of ${table} by; functions are not told by the catalog.`,
          ],
        },
};

function policyInWords({ name, permissive, using, check }: PolicyFact): string {
  const clauses = [
    using === null ? undefined : `using ${using}`,
    check === null ? undefined : `with check ${check}`,
  ];
  return `${name}${permissive ? '' : ' (restrictive)'} ${clauses.filter(Boolean).join(' ')}`.trim();
}

function yes(sentence: string): CatalogAnswer {
  return { confirmed: true, sentences: [sentence] };
}

function no(sentence: string): CatalogAnswer {
  return { confirmed: false, sentences: [sentence] };
}

function cannotTell(): CatalogAnswer {
  return { confirmed: undefined, sentences: [] };
}
