/** What a check is about, as a column of the results. */
export const VERBS = ['read', 'insert', 'update', 'delete'] as const;
export type Verb = (typeof VERBS)[number];

/** The verbs as PostgreSQL has them. */
export const SQL_VERBS = {
  read: 'SELECT',
  insert: 'INSERT',
  update: 'UPDATE',
  delete: 'DELETE',
} as const satisfies Record<Verb, string>;

/**
 * Who asks for whose rows, as a row of the results: a subject for its own, one subject for the other's, nobody (signed
 * out, or with a token that is none), or every subject alike, where a table is everybody's.
 */
export const ACTORS = ['own', 'other', 'none', 'all'] as const;
export type Actor = (typeof ACTORS)[number];

interface CheckFacts {
  readonly verb: Verb;
  readonly actor: Actor;
  /** What is to be proved, as a statement. */
  readonly title: string;
}

/** Every check by its id, in the order of a report. */
export const CHECK_FACTS = {
  'signed-out': { verb: 'read', actor: 'none', title: 'A request without a token is refused' },
  'empty-token': { verb: 'read', actor: 'none', title: 'An empty token is refused' },
  'garbage-token': { verb: 'read', actor: 'none', title: 'A text that is no token is refused' },
  'wrong-secret': { verb: 'read', actor: 'none', title: 'A token signed with another secret is refused' },
  'expired-token': { verb: 'read', actor: 'none', title: 'An expired token is refused' },
  'alg-none': { verb: 'read', actor: 'none', title: 'A token without a signature is refused' },
  'no-sub': { verb: 'read', actor: 'none', title: 'A token without a subject shows no rows' },
  'no-role': { verb: 'read', actor: 'none', title: 'A token without a role shows no rows of others' },
  'signed-out-insert': { verb: 'insert', actor: 'none', title: 'Signed out, nothing can be inserted' },
  'signed-out-update': { verb: 'update', actor: 'none', title: 'Signed out, nothing can be changed' },
  'signed-out-delete': { verb: 'delete', actor: 'none', title: 'Signed out, nothing can be deleted' },
  'read-own': { verb: 'read', actor: 'own', title: 'A subject sees its own rows' },
  'own-rows-only': { verb: 'read', actor: 'other', title: 'A signed-in subject sees only its own rows' },
  'cross-read': { verb: 'read', actor: 'other', title: 'Two subjects cannot read each other’s rows' },
  'view-read': { verb: 'read', actor: 'other', title: 'A view shows a subject only its own rows' },
  'function-read': { verb: 'read', actor: 'other', title: 'A function shows a subject only its own rows' },
  'insert-own': { verb: 'insert', actor: 'own', title: 'A subject can insert its own row' },
  'insert-without-owner': {
    verb: 'insert',
    actor: 'own',
    title: 'A row inserted without an owner belongs to who inserts it',
  },
  'forged-insert': {
    verb: 'insert',
    actor: 'other',
    title: 'An insert in another subject’s name is refused',
  },
  'bulk-insert': {
    verb: 'insert',
    actor: 'other',
    title: 'A forged row among own ones keeps all of them out',
  },
  'upsert-other': { verb: 'insert', actor: 'other', title: 'An upsert cannot take another subject’s row' },
  'child-of-other': {
    verb: 'insert',
    actor: 'other',
    title: 'A row cannot be put under another subject’s parent',
  },
  'update-own': { verb: 'update', actor: 'own', title: 'A subject can change its own row' },
  'update-other': { verb: 'update', actor: 'other', title: 'Another subject’s row cannot be changed' },
  'give-away': { verb: 'update', actor: 'other', title: 'An own row cannot be given away' },
  'update-unfiltered': {
    verb: 'update',
    actor: 'other',
    title: 'An UPDATE without a filter reaches no rows of others',
  },
  'delete-own': { verb: 'delete', actor: 'own', title: 'A subject can delete its own row' },
  'delete-other': { verb: 'delete', actor: 'other', title: 'Another subject’s row cannot be deleted' },
  'delete-unfiltered': {
    verb: 'delete',
    actor: 'other',
    title: 'A DELETE without a filter reaches no rows of others',
  },
  'shared-read': { verb: 'read', actor: 'all', title: 'Every subject can read the shared table' },
  'shared-insert': { verb: 'insert', actor: 'all', title: 'Nobody can insert into the shared table' },
  'shared-update': { verb: 'update', actor: 'all', title: 'Nobody can change the shared table' },
  'shared-delete': { verb: 'delete', actor: 'all', title: 'Nobody can delete from the shared table' },
  'app-signed-out': {
    verb: 'read',
    actor: 'none',
    title: 'The app’s route refuses a visitor who is signed out',
  },
  'app-own-rows': {
    verb: 'read',
    actor: 'own',
    title: 'The app’s route shows a signed-in subject its own rows',
  },
  'app-other-rows': {
    verb: 'read',
    actor: 'other',
    title: 'The app’s route shows no rows of another subject',
  },
} as const satisfies Record<string, CheckFacts>;

export type CheckId = keyof typeof CHECK_FACTS;

/** Every id, in the order of a report. */
export const CHECK_IDS = Object.keys(CHECK_FACTS) as CheckId[];
