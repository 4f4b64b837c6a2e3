import type { Node } from '@pgsql/types';
import { relationsOf } from './ast';
import { callsIn, routinesOf } from './facts';
import type { SchemaModel } from './model';
import type { Policy } from './objects';
import type { Predicate } from './predicate';

/** A place where a policy's USING reads a table with the caller's rights, so that the table's own policies apply. */
export interface PolicyRead {
  readonly policy: Policy;
  readonly predicate: Predicate;
  /** Key of the table. */
  readonly table: string;
  /** The table's name or the call of the function that reads it. */
  readonly node: Node;
  /** It is read inside of a function: PostgreSQL finds out when it runs, and not when it plans. */
  readonly isCalled: boolean;
}

/** Reads that lead from a policy back to its own table; each circle once, told where its last policy closes it. */
export function circularReads(model: SchemaModel): PolicyRead[][] {
  const circles = new Map<string, PolicyRead[]>();
  for (const role of model.requestRoles) {
    const reads = readsByTable(model, role);
    for (const [key, starts] of reads) {
      for (const start of starts) {
        const path = pathTo(key, [start], reads);
        if (!path) continue;
        const tables = path.map(({ policy }) => policy).map(({ table, name }) => `${table.name} ${name}`);
        const name = [...tables].sort().join();
        if (!circles.has(name)) circles.set(name, lastFirst(path, model));
      }
    }
  }
  return [...circles.values()];
}

type ReadsByTable = ReadonlyMap<string, readonly PolicyRead[]>;

/** What PostgreSQL reads for a SELECT on each table: subqueries in policies for other verbs are judged by those as well. */
function readsByTable(model: SchemaModel, role: string): ReadsByTable {
  const reads = new Map<string, PolicyRead[]>();
  for (const [key, table] of model.tables) {
    if (table.rowSecurity === false) continue;
    const found = model
      .policiesFor(table, 'select')
      .filter(policy => model.appliesTo(policy, role))
      .flatMap(policy => (policy.using ? readsOf(policy, policy.using, model) : []));
    if (found.length > 0) reads.set(key, found);
  }
  return reads;
}

function readsOf(policy: Policy, predicate: Predicate, model: SchemaModel): PolicyRead[] {
  const direct = predicate.relations.flatMap(relation =>
    tablesBehind(model.keyOf(relation.relname ?? '', relation.schemaname), model).map(table => ({
      policy,
      predicate,
      table,
      node: { RangeVar: relation },
      isCalled: false,
    })),
  );
  const called = predicate.calls.flatMap(call =>
    tablesCalled({ FuncCall: call }, model).map(table => ({
      policy,
      predicate,
      table,
      node: { FuncCall: call },
      isCalled: true,
    })),
  );
  return [...direct, ...called];
}

/** Tables that functions read with the caller's rights, through other functions as well. */
function tablesCalled(tree: unknown, model: SchemaModel, seen = new Set<unknown>()): string[] {
  return callsIn(tree).flatMap(call =>
    routinesOf(call, model).flatMap(routine => {
      if (routine.definer || seen.has(routine)) return [];
      seen.add(routine);
      return (routine.statement.body?.queries ?? []).flatMap(query => [
        ...relationsOf(query).flatMap(({ relname = '', schemaname }) =>
          tablesBehind(model.keyOf(relname, schemaname), model),
        ),
        ...tablesCalled(query, model, seen),
      ]);
    }),
  );
}

/** The table, or what a view reads that uses its caller's rights. */
function tablesBehind(key: string, model: SchemaModel): string[] {
  const keys = new Set([key]);
  // A set visits what is added while it is walked.
  for (const each of keys) {
    const view = model.views.get(each);
    if (view?.securityInvoker) for (const inner of view.reads) keys.add(inner);
  }
  return [...keys].filter(each => model.tables.has(each));
}

function pathTo(
  target: string,
  path: readonly PolicyRead[],
  reads: ReadsByTable,
): readonly PolicyRead[] | undefined {
  const last = path.at(-1);
  if (!last) return undefined;
  if (last.table === target) return path;
  if (path.slice(0, -1).some(({ table }) => table === last.table)) return undefined;
  for (const next of reads.get(last.table) ?? []) {
    const found = pathTo(target, [...path, next], reads);
    if (found) return found;
  }
  return undefined;
}

function lastFirst(path: readonly PolicyRead[], model: SchemaModel): PolicyRead[] {
  const order = ({ policy }: PolicyRead): number => model.orderOf(policy.statement);
  return [...path].sort((a, b) => order(b) - order(a));
}
