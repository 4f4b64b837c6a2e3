import type { Node } from '@pgsql/types';
import { relationsOf, walk } from './ast';
import { callsIn, routinesOf } from './facts';
import { relationKey, type SchemaModel } from './model';
import type { Policy, Table } from './objects';
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

/** Reads that lead from a policy back to its own table. */
export interface Circle {
  /** Where the policy made last closes it first. */
  readonly reads: readonly PolicyRead[];
  /** Only the policy's verb goes round: rows are written, and the table's SELECT policies hold subqueries of any kind. */
  readonly isWrite: boolean;
}

/**
 * Every circle once. PostgreSQL refuses a table whose SELECT policies hold a subquery, `(select auth.uid())` included, as
 * soon as it meets the table again inside of its own policies; without any subquery it would stop there.
 */
export function circularReads(model: SchemaModel): Circle[] {
  const circles = new Map<string, Circle>();
  for (const role of model.requestRoles) {
    const tables = [...model.tables.values()].filter(({ rowSecurity }) => rowSecurity !== false);
    const reading = new Map(tables.map(table => [keyOf(table), readsOfSelect(table, role, model)]));
    const broken = new Set<Table>();
    const search = (table: Table, starts: readonly PolicyRead[], isWrite: boolean): void => {
      for (const start of starts) {
        const path = pathTo(keyOf(table), [start], reading);
        if (!path || (isWrite && (path.some(({ isCalled }) => isCalled) || !hasSubquery(table, role, model))))
          continue;
        for (const { policy } of path) broken.add(policy.table);
        const names = path.map(({ policy }) => `${policy.table.name} ${policy.name}`);
        const name = [...names].sort().join();
        if (!circles.has(name)) circles.set(name, { reads: lastFirst(path, model), isWrite });
      }
    };
    for (const table of tables) search(table, reading.get(keyOf(table)) ?? [], false);
    for (const table of tables)
      if (!broken.has(table)) search(table, readsOfWriting(table, role, model), true);
  }
  return [...circles.values()];
}

type ReadsByTable = ReadonlyMap<string, readonly PolicyRead[]>;

function selectPolicies(table: Table, role: string, model: SchemaModel): Policy[] {
  return model.policiesFor(table, 'select').filter(policy => model.appliesTo(policy, role));
}

/** What a SELECT on the table reads; subqueries in policies for other verbs are judged by those alone. */
function readsOfSelect(table: Table, role: string, model: SchemaModel): PolicyRead[] {
  return selectPolicies(table, role, model).flatMap(policy =>
    policy.using ? readsOf(policy, policy.using, model) : [],
  );
}

function readsOfWriting(table: Table, role: string, model: SchemaModel): PolicyRead[] {
  return table.policies
    .filter(policy => policy.verb !== 'select' && model.appliesTo(policy, role))
    .flatMap(policy =>
      [policy.using, policy.check].flatMap(predicate => (predicate ? readsOf(policy, predicate, model) : [])),
    );
}

function hasSubquery(table: Table, role: string, model: SchemaModel): boolean {
  let found = false;
  for (const { using, check } of selectPolicies(table, role, model)) {
    walk([using?.node, check?.node], type => {
      found ||= type === 'SubLink';
    });
  }
  return found;
}

function keyOf({ schema, name }: Table): string {
  return relationKey(schema, name);
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
  seen = new Set<string>(),
): readonly PolicyRead[] | undefined {
  const last = path.at(-1);
  if (!last || last.table === target) return last && path;
  if (seen.has(last.table)) return undefined;
  seen.add(last.table);
  for (const next of reads.get(last.table) ?? []) {
    const found = pathTo(target, [...path, next], reads, seen);
    if (found) return found;
  }
  return undefined;
}

function lastFirst(path: readonly PolicyRead[], model: SchemaModel): PolicyRead[] {
  const order = ({ policy }: PolicyRead): number => model.orderOf(policy.statement);
  return [...path].sort((a, b) => order(b) - order(a));
}
