import { AUTHENTICATED } from '../flux/engine';
import { relationsOf } from './ast';
import { isChoosable } from './choosable';
import { clausesOf, concernsRequests } from './clauses';
import { escalationOf } from './escalation';
import type { Fact } from './facts';
import { relationKey, type SchemaModel } from './model';
import type { Policy, Table } from './objects';
import { openingOf } from './opening';
import type { Predicate } from './predicate';
import { readersOf } from './readers';
import { columnUsesIn } from './scope';

/** A table that decides who gets at the rows of another one, and into which callers can write what they like. */
export interface OpenDoor {
  readonly table: Table;
  /** The columns that callers choose freely, such as the group they join; empty where row security is off. */
  readonly columns: readonly string[];
  /** The policy that lets them; undefined where row security is off. */
  readonly policy: Policy | undefined;
}

/** The doors that a predicate's subqueries and functions rely on. */
export function openDoorsOf(predicate: Predicate, own: Table, model: SchemaModel): OpenDoor[] {
  const doors = new Map<Table, OpenDoor>();
  for (const fact of predicate.facts) {
    for (const [table, columns] of askedBy(fact, predicate, model)) {
      const door = table === own ? undefined : doorOf(table, columns, model);
      if (door && !doors.has(table)) doors.set(table, door);
    }
  }
  return [...doors.values()];
}

/** The tables that a fact lets decide whose a row is, with the columns it asks of them. */
function askedBy(fact: Fact, predicate: Predicate, model: SchemaModel): Map<Table, Set<string>> {
  const asked = new Map<Table, Set<string>>();
  if (fact.kind !== 'related' && fact.kind !== 'function') return asked;
  if (fact.audience !== 'members' && fact.audience !== 'certain-users') return asked;
  const queries =
    fact.kind === 'related' ? [] : fact.routines.flatMap(routine => routine.statement.body?.queries ?? []);
  const uses =
    fact.kind === 'related'
      ? predicate.columnsIn({ SubLink: fact.sublink })
      : queries.flatMap(query => columnUsesIn(query, model));
  const named =
    fact.kind === 'related'
      ? fact.relations
      : queries.flatMap(relationsOf).map(({ relname = '', schemaname }) => model.keyOf(relname, schemaname));
  for (const key of named) {
    const table = model.tables.get(key);
    if (!table) continue;
    const columns = uses
      .filter(({ of }) => typeof of === 'object' && of.relation === key)
      .map(({ column }) => column);
    asked.set(table, new Set(columns));
  }
  return asked;
}

function doorOf(table: Table, asked: ReadonlySet<string>, model: SchemaModel): OpenDoor | undefined {
  if (!model.isExposedTable(table)) return undefined;
  const key = relationKey(table.schema, table.name);
  const isGranted = (verb: 'insert' | 'update'): boolean =>
    model.privileges.origin(key, AUTHENTICATED, verb) !== undefined;
  if (table.rowSecurity === false)
    return isGranted('insert') || isGranted('update') ? { table, columns: [], policy: undefined } : undefined;
  for (const policy of table.policies) {
    const { written } = clausesOf(policy);
    if (!written || !policy.permissive || !concernsRequests(policy, model) || openingOf(policy, model))
      continue;
    // Whom an administrator or a group lets in is their business; only the own row can be one's own idea.
    if (written.audience !== 'owner') continue;
    const spoken = new Set(written.columns.map(({ column }) => column));
    const verbs =
      policy.verb === 'all'
        ? (['insert', 'update'] as const)
        : ([policy.verb === 'update' ? 'update' : 'insert'] as const);
    const columns = [...asked].filter(
      column =>
        !spoken.has(column) &&
        !isToldElsewhere(table, column, model) &&
        verbs.some(verb => isGranted(verb) && isChoosable(table, [column], verb, model)),
    );
    // A column that is asked for and cannot be chosen keeps the door shut.
    const isShut = [...asked].some(column => !columns.includes(column) && !written.tiesOwner(column));
    // What only one row can have is taken already.
    const isTaken = table.uniqueKeys.some(key => key.columns.every(column => columns.includes(column)));
    if (columns.length > 0 && !isShut && !isTaken) return { table, columns, policy };
  }
  return undefined;
}

/** That the row may point at somebody else's parent, or that users raise their own rights, is the mistake then. */
function isToldElsewhere(table: Table, column: string, model: SchemaModel): boolean {
  if (escalationOf(table, model)?.columns.includes(column)) return true;
  return table.foreignKeys.some(({ columns, table: key }) => {
    const readers = columns.includes(column) ? readersOf(model.tables.get(key), model) : 'unknown';
    return readers === 'owner' || readers === 'members';
  });
}
