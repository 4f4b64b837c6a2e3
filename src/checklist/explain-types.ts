import type { Engine } from '../flux/engine';
import type { SchemaModel } from '../schema/model';
import type { Verb } from './check-ids';
import type { Cause } from './diagnose';
import type { PastedAnswer } from './explain-answer';
import type { SqlPlace } from './explain-sql-places';
import type { SqlView } from './explain-sql-view';

/** What answered: the v2 gateway, PostgREST itself, or PostgreSQL for one of four reasons; the app, or a stranger. */
export type Layer =
  | 'gateway'
  | 'postgrest'
  | 'policy'
  | 'privilege'
  | 'constraint'
  | 'postgresql'
  | 'app'
  | 'other'
  /** Nothing refused the request, or no answer came. */
  | 'none';

/** Causes that are finer than those a check needs. */
export type FinerCause =
  | 'alg-refused'
  | 'app-error'
  | 'bad-request'
  | 'bridge-secret'
  | 'claim-dropped'
  | 'clock'
  | 'column-generated'
  | 'column-grant'
  | 'constraint'
  | 'cors'
  | 'custom-error'
  | 'duplicate'
  | 'duplicate-ignored'
  | 'enum-value'
  | 'forged-owner'
  | 'function-missing'
  | 'gives-away'
  | 'header-too-large'
  | 'inverted-policy'
  | 'many-rows'
  | 'media-type'
  | 'new-row-hidden'
  | 'no-matching-row'
  | 'no-policy'
  | 'no-select-policy'
  | 'no-session'
  | 'no-sub'
  | 'no-token'
  | 'not-asked'
  | 'not-null'
  | 'nothing-sent'
  | 'open-policy'
  | 'operator-missing'
  | 'outcome-unknown'
  | 'outside-range'
  | 'owner-left-out'
  | 'parent-missing'
  | 'path-absorbed'
  | 'path-prefix'
  | 'policy-never-true'
  | 'policy-other-role'
  | 'project-asleep'
  | 'proxy'
  | 'read-only-call'
  | 'redirect'
  | 'relationship-missing'
  | 'restrictive-policy'
  | 'role-claim'
  | 'signed-out'
  | 'slow-query'
  | 'subject-differs'
  | 'too-long'
  | 'token-not-yet-valid'
  | 'upsert-other'
  | 'value-not-read'
  | 'view-owner';

export type CauseId = Cause | FinerCause;

/**
 * `certain` is what the answer leaves no other way to read, or the catalog confirms; the SQL of the project makes a cause
 * `likely` at most. The catalog alone rules one out.
 */
export const CERTAINTIES = ['certain', 'likely', 'possible', 'ruled out'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** One thing that can have led to the answer. */
export interface ExplainedCause {
  readonly id: CauseId;
  readonly title: string;
  /** What in the answer, the request or the SQL speaks for it or against it. */
  readonly why: string;
  /** One request or one SQL statement that tells. */
  readonly confirm: string;
  /** One thing to do, SQL where SQL does it. */
  readonly fix: string;
  readonly certainty: Certainty;
  /** Rules of the linter that find this cause in SQL. */
  readonly rules: readonly string[];
  /** Where the project's SQL holds it. */
  readonly place?: SqlPlace;
}

/** What an answer was about, as far as it is known: what the catalog can be asked. */
export interface About {
  readonly table?: string | undefined;
  readonly verb?: Verb | undefined;
  /** The view through which the table was asked. */
  readonly door?: string | undefined;
  readonly owner?: string | undefined;
  /** The role claim of the token; `anon` where the request ran without one. */
  readonly role?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** The request also reads the rows that it writes. */
  readonly readsRows?: boolean;
  /** Undefined where the text does not tell what was sent. */
  readonly sendsOwner?: boolean | undefined;
  /** The request was to be refused, and was not. */
  readonly letIn?: boolean;
}

export interface Explanation {
  readonly layer: Layer;
  /** Who answered, in a sentence. */
  readonly answeredBy: string;
  readonly summary: string;
  /** The likeliest first. */
  readonly causes: readonly ExplainedCause[];
  /** What the text did not tell and would have helped. */
  readonly notes: readonly string[];
  /** Why a pass of the checklist is one. */
  readonly proof?: string;
  /** Undefined where nothing was asked. */
  readonly about?: About;
  /** What a database said about the causes. */
  readonly database?: DatabaseSays;
}

/** What a database said about causes, in sentences; or why it could not be asked. */
export interface DatabaseSays {
  /** Which database: `postgres at localhost:5432`; undefined where none could be asked. */
  readonly name?: string;
  readonly sentences: readonly string[];
}

/** What is known besides the answer. */
export interface ExplainContext {
  readonly engine?: Engine | undefined;
  readonly verb?: Verb | undefined;
  readonly table?: string | undefined;
  /** The owner column. */
  readonly owner?: string | undefined;
  /** The `sub` of the token that was sent. */
  readonly subject?: string | undefined;
  /** The claims of the token that was sent. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /** What the project's SQL adds up to. */
  readonly model?: SchemaModel | undefined;
  /** When the token expires by its own word, Unix seconds. */
  readonly tokenExpiry?: number | undefined;
  /** Unix seconds; the `date` of the answer goes before it. */
  readonly now?: number | undefined;
}

/** The answer with all that is known of its request, as the topics read it. */
export interface Asked {
  readonly answer: PastedAnswer;
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** Empty where there is none. */
  readonly message: string;
  readonly engine: Engine | undefined;
  readonly verb: Verb | undefined;
  /** The table or view that was asked for, or that the message names. */
  readonly table: string | undefined;
  /** The owner column, as given or as the SQL has it. */
  readonly owner: string | undefined;
  readonly subject: string | undefined;
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  readonly tokenExpiry: number | undefined;
  readonly now: number | undefined;
  /** The request ran as `anon`: on v1 that is every request without a token or without a role claim. */
  readonly isAnonymous: boolean;
  /** What the project's SQL says of the table; undefined without it. */
  readonly sql: SqlView | undefined;
  readonly model: SchemaModel | undefined;
}

/** A cause with how much speaks for it, 0 to 100: the order of causes. */
export interface Weighed extends ExplainedCause {
  readonly weight: number;
}

/** What a topic makes of an answer. */
export interface Draft {
  readonly layer: Layer;
  readonly summary: string;
  readonly causes: readonly Weighed[];
}

/** One kind of answer; undefined for answers that are another topic's. */
export type Topic = (asked: Asked) => Draft | undefined;
