import type { CatalogFacts, CatalogQuestion } from './catalog-facts';
import { POLICY_CAUSES } from './catalog-policy-causes';
import {
  cannotTell,
  isBound,
  no,
  policyInWords,
  yes,
  type CatalogAnswer,
  type Explain,
} from './catalog-words';

export type { CatalogAnswer } from './catalog-words';

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

const CAUSES: Readonly<Record<string, Explain>> = {
  ...POLICY_CAUSES,
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
  'column-grant': ({ tablePrivilege, columnPrivilege }, { role, verb, table }) => {
    const privilege = verb.toUpperCase();
    if (tablePrivilege) return no(`${role} has ${privilege} on all of ${table}.`);
    return columnPrivilege
      ? yes(`${role} has ${privilege} on some columns of ${table} only.`)
      : no(`${role} has ${privilege} on no column of ${table}.`);
  },
  'missing-sequence-grant': ({ closedSequences, sequences, named }, { role, table }) => {
    const [closed] = named.filter(({ kind, allowed }) => kind === 'sequence' && !allowed);
    if (closed) return yes(`${role} may not use ${closed.name}.`);
    if (closedSequences.length > 0)
      return yes(`${role} may not use ${closedSequences.join(', ')}, which a default of ${table} asks.`);
    return no(
      sequences === 0
        ? `No default of ${table} asks a sequence.`
        : `${role} may use every sequence that a default of ${table} asks.`,
    );
  },
  'missing-function-grant': ({ closedFunctions, functions, named }, { role, table }) => {
    const ofName = named.filter(({ kind }) => kind === 'function');
    const closed = ofName.filter(({ allowed }) => !allowed);
    if (closed.length > 0) return yes(`${role} may not run ${closed.map(({ name }) => name).join(', ')}.`);
    if (ofName.length > 0) return no(`${role} may run ${ofName.map(({ name }) => name).join(', ')}.`);
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
  'rls-off': (facts, { table, role }) => {
    if (facts.kind === 'v' || facts.kind === 'm') return ofView(facts, table);
    if (facts.rowSecurity === false) return yes(`Row security of ${table} is off.`);
    return no(
      `Row security of ${table} is on${facts.forced ? ' and forced' : ''}${isBound(facts) ? ` and binds ${role}` : ''}.`,
    );
  },
  'owner-type': ({ ownerType, policies }, { table, owner }) => {
    const casting = policies.find(({ using, check }) => SUBJECT_CAST.test(`${using ?? ''} ${check ?? ''}`));
    if (casting)
      return yes(`Policy ${casting.name} of ${table} casts the subject: ${policyInWords(casting)}.`);
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
  'wrong-schema': ({ tableThere, elsewhere }, { schema, table }) => {
    if (tableThere) return no(`Schema ${schema} has ${table}.`);
    return elsewhere.length > 0
      ? yes(`${table} is in ${elsewhere.join(', ')}, and not in ${schema}.`)
      : no(`No schema has a table ${table}.`);
  },
  'stale-schema-cache': (_facts, { schema, table }) =>
    yes(
      `Schema ${schema} has ${table}: PostgREST has not read the schema since it was made, or does not serve it.`,
    ),
  'column-missing': ({ ownerType }, { table, owner }) => {
    if (owner === undefined) return cannotTell();
    return ownerType === null ? yes(`${table} has no column ${owner}.`) : no(`${table} has column ${owner}.`);
  },
  'bypassing-door': (facts, { role, table, door }) => {
    const { openViews, kind } = facts;
    if (kind === 'v' || kind === 'm') return ofView(facts, table);
    const open = door === undefined ? openViews : openViews.filter(view => view === door);
    if (open.length > 0)
      return yes(`${role} may read ${open.join(', ')}, which reads ${table} with its owner's rights.`);
    return {
      confirmed: undefined,
      sentences: [
        `No view that ${role} may read passes the policies of ${table} by; functions are not told by the catalog.`,
      ],
    };
  },
  'view-owner': (facts, { table }) => ofView(facts, table),
};

/** A policy that turns the subject into something else, as `(auth.uid())::uuid`. */
const SUBJECT_CAST = /uid\(\)\)*::(?!text|character varying)/;

/** What a view itself tells; whether its owner is bound is another table's matter. */
function ofView({ kind, invoker, relationOwner }: CatalogFacts, view: string): CatalogAnswer {
  if (kind === 'm') return yes(`${view} is a materialized view: it keeps rows that no policy filters.`);
  if (kind !== 'v') return no(`${view} is no view.`);
  if (invoker) return no(`${view} is security_invoker: it reads with the caller's rights.`);
  return {
    confirmed: undefined,
    sentences: [
      `${view} has no security_invoker: it reads with the rights of ${relationOwner ?? 'its owner'}.`,
    ],
  };
}
