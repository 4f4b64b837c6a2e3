import type { FuncCall, Node } from '@pgsql/types';
import type { Span, Statement } from '../sql/source-file';
import { walk } from './ast';
import { atomsOf, requires } from './condition';
import { callsIn, routinesOf } from './facts';
import type { SchemaModel } from './model';
import type { Policy, Routine, Table } from './objects';
import type { Predicate } from './predicate';
import { claimsIn, settingsIn, type ClaimRead, type SettingRead } from './settings';
import { spanOfNode } from './spans';

/** Where an expression or query that requests run belongs to. */
export type RequestCodeOwner =
  | { readonly kind: 'policy'; readonly policy: Policy; readonly predicate: Predicate }
  | { readonly kind: 'default'; readonly table: Table; readonly column: string }
  | { readonly kind: 'view' }
  | { readonly kind: 'routine'; readonly routine: Routine };

/** SQL that requests run: a policy's predicate, a column's default, a view's query, a query of a routine's body. */
export class RequestCode {
  readonly #known = new Map<string, unknown>();

  constructor(
    readonly node: Node,
    /** What people call it: `policy notes_read`. */
    readonly name: string,
    readonly owner: RequestCodeOwner,
    /** A policy's outcome depends on it: it is a predicate, or a predicate calls it. */
    readonly decides: boolean,
    private readonly find: () => Statement | undefined,
    private readonly fallback: Span,
    private readonly model: SchemaModel,
  ) {}

  /** The text it has its places in; undefined where quoting keeps it from being found. */
  get statement(): Statement | undefined {
    return this.#once('statement', this.find);
  }

  get settings(): readonly SettingRead[] {
    return this.#once('settings', () => settingsIn(this.node));
  }

  /** Claims it reads; `auth.jwt()` yields some only where the files define it. */
  get claims(): readonly ClaimRead[] {
    const hasJwt = this.model.routines.has('auth.jwt');
    return this.#once('claims', () => claimsIn(this.node).filter(({ throughJwt }) => hasJwt || !throughJwt));
  }

  get calls(): readonly FuncCall[] {
    return this.#once('calls', () => callsIn(this.node));
  }

  /** Range of a part; the name of what it belongs to where the part has no place. */
  spanOf(part: unknown): Span {
    return (this.statement && spanOfNode(this.statement, part)) ?? this.fallback;
  }

  /** Range of the word, string or sign at a location of the tree. */
  tokenAt(location = 0): Span {
    const index = this.statement?.tokenIndexAt(location) ?? -1;
    return this.statement && index !== -1 ? this.statement.tokenSpan(index) : this.fallback;
  }

  /** Type of a column that a predicate names, where the files tell. */
  columnType(node: Node): string | undefined {
    if (!('ColumnRef' in node) || this.owner.kind !== 'policy') return undefined;
    const { policy, predicate } = this.owner;
    const use = predicate.columns.find(column => column.node === node.ColumnRef);
    const table = use?.of === 'own' ? policy.table : use?.of && this.model.tables.get(use.of.relation);
    return table?.columns.get(use?.column ?? '')?.type;
  }

  /** Whether a predicate cannot be true but through the atom that holds `part`; false for what is no predicate. */
  needs(part: unknown): boolean {
    if (this.owner.kind !== 'policy') return false;
    const { condition } = this.owner.predicate;
    const holding = new Set(atomsOf(condition).filter(({ node }) => holds(node, part)));
    return requires(condition, atom => holding.has(atom));
  }

  #once<T>(name: string, make: () => T): T {
    if (!this.#known.has(name)) this.#known.set(name, make());
    return this.#known.get(name) as T;
  }
}

const CODE = new WeakMap<SchemaModel, readonly RequestCode[]>();

/** Everything of a push that requests run, in no particular order; made once for a model. */
export function requestCode(model: SchemaModel): readonly RequestCode[] {
  const known = CODE.get(model);
  if (known) return known;
  const code = [...policyCode(model), ...defaultCode(model), ...viewCode(model), ...routineCode(model)];
  CODE.set(model, code);
  return code;
}

/** Whether a tree holds a node, or the fields of one. */
export function holds(tree: Node, part: unknown): boolean {
  const wanted: unknown[] =
    typeof part === 'object' && part !== null ? [part, ...(Object.values(part) as unknown[])] : [];
  let found = wanted.includes(tree);
  walk(tree, (_type, fields) => {
    found ||= wanted.includes(fields);
  });
  return found;
}

function policyCode(model: SchemaModel): RequestCode[] {
  return model.policies.flatMap(policy =>
    [policy.using, policy.check].flatMap(predicate => {
      if (!predicate) return [];
      const owner = { kind: 'policy', policy, predicate } as const;
      const { node, statement, at } = predicate;
      return new RequestCode(node, `policy ${policy.name}`, owner, true, () => statement, at, model);
    }),
  );
}

function defaultCode(model: SchemaModel): RequestCode[] {
  return [...model.tables.values()].flatMap(table =>
    [...table.columns.values()].flatMap(({ name, at, default: value }) => {
      if (!value) return [];
      const owner = { kind: 'default', table, column: name } as const;
      return new RequestCode(
        value.node,
        `the default of ${name}`,
        owner,
        false,
        () => value.statement,
        at,
        model,
      );
    }),
  );
}

function viewCode(model: SchemaModel): RequestCode[] {
  return [...model.views.values()].flatMap(({ query, name, statement, at }) =>
    query ? new RequestCode(query, `view ${name}`, { kind: 'view' }, false, () => statement, at, model) : [],
  );
}

function routineCode(model: SchemaModel): RequestCode[] {
  const deciding = routinesBehindPolicies(model);
  return [...model.routines.values()].flat().flatMap(routine => {
    const { statement, kind, name, at } = routine;
    const decides = deciding.has(routine);
    return (statement.body?.parts ?? []).map(
      part =>
        new RequestCode(
          part.node,
          `${kind} ${name}`,
          { kind: 'routine', routine },
          decides,
          () => statement.inner(part),
          at,
          model,
        ),
    );
  });
}

/** Routines that predicates call, and those that these call. */
export function routinesBehindPolicies(model: SchemaModel): ReadonlySet<Routine> {
  const calls = model.policies.flatMap(({ using, check }) => [
    ...(using?.calls ?? []),
    ...(check?.calls ?? []),
  ]);
  const routines = new Set(calls.flatMap(call => routinesOf(call, model)));
  // A set visits what is added while it is walked.
  for (const { statement } of routines)
    for (const query of statement.body?.queries ?? [])
      for (const call of callsIn(query)) for (const inner of routinesOf(call, model)) routines.add(inner);
  return routines;
}
