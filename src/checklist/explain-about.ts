import { ANON } from '../flux/engine';
import type { About, Asked } from './explain-types';

/** What an answer was about, for whoever asks the catalog. */
export function aboutOf(asked: Asked): About {
  const { answer, code, message, table, verb, owner, isAnonymous, claims } = asked;
  const { prefer, path, row } = answer.request;
  const asksBack = prefer?.includes('return=representation') ?? false;
  const role = isAnonymous ? ANON : typeof claims?.role === 'string' ? claims.role : undefined;
  return {
    table: nameIn(message, 'table') ?? missingRelation(message) ?? table,
    // The words come only from the UPDATE half of an upsert.
    verb: message.includes('(USING expression)') ? 'update' : verb,
    owner,
    role,
    code,
    message,
    readsRows: asksBack || ((verb === 'update' || verb === 'delete') && (path?.includes('?') ?? false)),
    sendsOwner: row && owner !== undefined ? (row[owner] ?? null) !== null : undefined,
  };
}

/** The name in `permission denied for <kind> <name>`. */
export function nameIn(
  message: string,
  kind: 'table' | 'schema' | 'sequence' | 'function',
): string | undefined {
  const words = kind === 'table' ? '(?:table|relation|view|materialized view)' : kind;
  return new RegExp(`^permission denied for ${words} "?([^"]+?)"?$`).exec(message)?.[1];
}

/** The relation that a message says is missing, without its schema. */
function missingRelation(message: string): string | undefined {
  const [, name] = /^relation "([^"]*)" does not exist$/.exec(message) ?? [];
  return name?.slice(name.lastIndexOf('.') + 1);
}

/** The column that a message says is missing. */
export function columnIn(message: string): string | undefined {
  return /column (?:\w+\.)?"?([\w$]+)"? (?:of relation "[^"]*" )?does not exist|'([^']+)' (?:of relation|column)/
    .exec(message)
    ?.slice(1)
    .find(Boolean);
}
