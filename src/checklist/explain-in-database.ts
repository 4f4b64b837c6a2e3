import { ANON, type TableVerb } from '../flux/engine';
import { requestRole } from '../flux/names';
import { confirmFromCatalog, type CatalogAnswer, type CatalogQuestion } from '../schema/catalog-facts';
import type { CatalogQuery } from '../schema/catalog-rows';
import type { LiveProject } from '../schema/from-catalog';
import { LiveSchemaUnknown, liveProjectOf } from '../schema/live-project';
import { columnIn, nameIn } from './explain-about';
import { SQL_VERBS } from './explain-place';
import type { About, Certainty, CauseId, ExplainedCause, Explanation } from './explain-types';

/** A database that can be asked. */
export interface DatabaseAccess {
  /** How people know it: `postgres at localhost:5432`. Throws for a URL that cannot be read. */
  name(): string;
  /** Runs the work in one read-only transaction, which is rolled back. */
  session<T>(work: (query: CatalogQuery) => Promise<T>): Promise<T>;
}

/** Finer causes by the question of the catalog that settles them. */
const QUESTIONS: Readonly<Partial<Record<CauseId, string>>> = {
  'claim-dropped': 'policy-text',
  'forged-owner': 'policy-text',
  'gives-away': 'policy-text',
  'inverted-policy': 'policy-text',
  'new-row-hidden': 'policy-text',
  'no-select-policy': 'no-policy',
  'owner-left-out': 'owner-default',
  'subject-differs': 'policy-text',
  'upsert-other': 'policy-text',
};

/**
 * Asks the catalog which causes of an explanation hold. What it confirms comes first, what it rules out last; why it
 * could not be asked stands in the place of what it says.
 */
export async function confirmed(
  explanation: Explanation,
  known: Parameters<typeof liveProjectOf>[1],
  database: DatabaseAccess,
): Promise<Explanation> {
  if (explanation.about?.table === undefined || explanation.causes.length === 0) return explanation;
  try {
    const name = database.name();
    return await database.session(async query =>
      judged(query, explanation, await liveProjectOf(query, known), name),
    );
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    return withoutDatabase(explanation, reason);
  }
}

/** Says in the place of what a database says why it was not asked. */
export function withoutDatabase(explanation: Explanation, reason: string): Explanation {
  return { ...explanation, database: { sentences: [reason] } };
}

/** Undefined for an error that is no matter of the database; what may be shown never holds a password. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { kind, code } = error as { readonly kind?: unknown; readonly code?: unknown };
  if (error instanceof LiveSchemaUnknown || typeof kind === 'string') return error.message;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
    ? `The catalog cannot be read: ${error.message} (${code}).`
    : undefined;
}

async function judged(
  query: CatalogQuery,
  explanation: Explanation,
  project: LiveProject,
  name: string,
): Promise<Explanation> {
  const { about, causes } = explanation;
  if (!about) return explanation;
  const sentences = new Set<string>();
  const told: ExplainedCause[] = [];
  for (const cause of causes) {
    const answer = await answerFor(query, cause, about, project);
    answer?.sentences.forEach(sentence => sentences.add(sentence));
    const certainty = certaintyOf(cause, about, answer);
    if (certainty === 'ruled out' && cause.certainty === 'certain') sentences.add(contradicted(cause));
    told.push({ ...cause, certainty });
  }
  return {
    ...explanation,
    causes: told.sort((one, other) => rank(one.certainty) - rank(other.certainty)),
    database: { name, sentences: [...sentences] },
  };
}

async function answerFor(
  query: CatalogQuery,
  cause: ExplainedCause,
  about: About,
  project: LiveProject,
): Promise<CatalogAnswer | undefined> {
  const question = questionOf(cause, about, project);
  if (!question) return undefined;
  const answer = await confirmFromCatalog(query, question);
  // What reads rows as well is refused in the same words for want of SELECT.
  const alsoReads = cause.id === 'missing-grant' && about.readsRows && question.verb !== 'select';
  if (alsoReads && answer.confirmed === false)
    return confirmFromCatalog(query, { ...question, verb: 'select' });
  // The cache is stale where the catalog has the column.
  return cause.id === 'stale-schema-cache' && question.cause === 'column-missing' ? opposite(answer) : answer;
}

/** Undefined where the catalog knows nothing of the cause, or the answer too little. */
function questionOf(
  { id }: ExplainedCause,
  about: About,
  { schema, engine }: LiveProject,
): CatalogQuestion | undefined {
  const { table, owner, code, message = '', door } = about;
  if (table === undefined) return undefined;
  const column = columnIn(message);
  const isAboutColumn = column !== undefined && COLUMN_CAUSES.has(id);
  // Which schemas PostgREST serves is not in the catalog.
  if ((id === 'wrong-schema' && code === 'PGRST106') || (id === 'column-missing' && !isAboutColumn))
    return undefined;
  if (id === 'differs-from-sql' && !isAboutColumn && nameIn(message, 'table') === undefined) return undefined;
  const object = nameIn(message, 'sequence') ?? nameIn(message, 'function');
  return {
    cause: isAboutColumn ? 'column-missing' : questionFor(id, about),
    schema: nameIn(message, 'schema') ?? schema,
    table,
    verb: verbOf(id, about),
    role:
      about.role === ANON
        ? ANON
        : engine === 'v1_dedicated' && about.role
          ? about.role
          : requestRole(engine, schema),
    owner: isAboutColumn ? column : owner,
    object,
    door,
  };
}

const COLUMN_CAUSES: ReadonlySet<CauseId> = new Set([
  'column-missing',
  'stale-schema-cache',
  'differs-from-sql',
]);

/** A policy that let something through is asked about in another way than one that refused it. */
function questionFor(id: CauseId, { letIn }: About): string {
  if (id === 'policy' && letIn === true) return 'open-policy';
  // A GRANT of the SQL that the answer says is missing.
  return id === 'differs-from-sql' ? 'missing-grant' : (QUESTIONS[id] ?? id);
}

function verbOf(id: CauseId, { verb = 'read' }: About): TableVerb {
  return id === 'no-select-policy' ? 'select' : SQL_VERBS[verb];
}

/** What holds in the catalog is the cause of the answer only if the request ran into it. */
function certaintyOf({ id, certainty }: ExplainedCause, about: About, answer?: CatalogAnswer): Certainty {
  if (answer?.confirmed === undefined) return certainty;
  if (!answer.confirmed) return 'ruled out';
  const isMet =
    id === 'owner-left-out'
      ? about.sendsOwner === false
      : id === 'no-select-policy'
        ? about.readsRows === true
        : true;
  return isMet ? 'certain' : certainty;
}

function contradicted({ title }: ExplainedCause): string {
  return `The answer said otherwise (${title}): it was mended since, or another database answered.`;
}

function opposite({ confirmed, sentences }: CatalogAnswer): CatalogAnswer {
  return { confirmed: confirmed === undefined ? undefined : !confirmed, sentences };
}

function rank(certainty: Certainty): number {
  return certainty === 'certain' ? 0 : certainty === 'ruled out' ? 2 : 1;
}
