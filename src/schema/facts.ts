import type { FuncCall, Node, SubLink } from '@pgsql/types';
import { relationsOf, textsOf, walk } from './ast';
import type { Audience } from './audience';
import { Comparison } from './comparison';
import type { Atom } from './condition';
import type { SchemaModel } from './model';
import type { Routine, Table } from './objects';
import { isPure } from './pure-functions';
import { audienceOfWorlds } from './readers';
import { columnUses } from './scope';
import { claimsIn, readClaim } from './settings';
import { onlyTarget, readSubject } from './subject';
import { TieReader } from './ties';
import { truthOf } from './truth';
import { TooManyWorlds } from './worlds';

/** How a column stands in a comparison: bare, under a cast, or inside a function call such as `lower(owner_id)`. */
export type Wrapping = 'bare' | 'cast' | 'function';

/** What an atom of a predicate says, as far as the text tells. NOT is already taken into account. */
export type Fact =
  /** `owner_id = auth.uid()`: the row's column is the subject. */
  | {
      readonly kind: 'owner';
      readonly column: string;
      readonly wrapping: Wrapping;
      /** NULL equals NULL, or passes: `is not distinct from`, `(…) is not false`. */
      readonly nullSafe: boolean;
    }
  /** `owner_id <> auth.uid()`: everybody else's rows. */
  | { readonly kind: 'not-owner'; readonly column: string }
  /** LIKE, a regular expression, or equality after a function such as `lower` took something away from the subject. */
  | { readonly kind: 'owner-pattern'; readonly column: string; readonly operator: string }
  /** `owner_id = current_user`: the database role, which all users share. */
  | { readonly kind: 'database-role'; readonly column: string }
  /** `owner_id = 'ann'`, on a column that other policies tie to the subject or not. */
  | { readonly kind: 'literal'; readonly column: string; readonly operator: string }
  /** There is a subject, or a role: `auth.uid() is not null`. */
  | { readonly kind: 'signed-in' }
  /** There is none: `auth.uid() is null`. */
  | { readonly kind: 'signed-out' }
  /** The subject, or a claim, is a certain constant: some users, whatever the row. */
  | { readonly kind: 'certain-users' }
  /** A column compared with a claim other than `sub`, or with what a function makes of the subject. */
  | { readonly kind: 'derived'; readonly column: string | undefined; readonly audience: Audience }
  /** EXISTS, IN or a scalar subquery over other relations. */
  | {
      readonly kind: 'related';
      readonly sublink: SubLink;
      /** Keys of what it reads. */
      readonly relations: readonly string[];
      /** The subject, or something made of it, occurs inside. */
      readonly mentionsSubject: boolean;
      /** It speaks of the row: by a column inside, or left of IN. */
      readonly correlated: boolean;
      /** What its conditions, and the row security of what it reads, leave over. */
      readonly audience: Audience;
    }
  /** A call of a boolean function. */
  | {
      readonly kind: 'function';
      readonly call: FuncCall;
      /** Where the files define it; several overloads can be meant. */
      readonly routines: readonly Routine[];
      readonly correlated: boolean;
      readonly mentionsSubject: boolean;
      /** What its body leaves over; unknown where it cannot be looked into. */
      readonly audience: Audience;
    }
  /** The row's own columns and constants only. */
  | { readonly kind: 'row' }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'unknown' };

const UNKNOWN: Fact = { kind: 'unknown' };

/** Says what an atom means for a row of `table`. */
export function factOf(atom: Atom, table: Table, model: SchemaModel): Fact {
  const constant = constantOf(atom, table);
  if (constant !== undefined) return { kind: 'constant', value: constant };
  const fact = new FactReader(table, model).read(atom);
  if (!atom.nullPasses || fact.kind === 'owner' || !truthOf(atom.node).canBeNull) return fact;
  // NULL lets others pass than the fact says.
  return fact.kind === 'row' || fact.kind === 'literal' ? { kind: 'row' } : UNKNOWN;
}

function constantOf({ node, negated, nullPasses }: Atom, table: Table): boolean | undefined {
  const truth = truthOf(node, {
    table: table.name,
    notNull: column => table.columns.get(column)?.notNull ?? false,
  });
  const { canBeTrue, canBeFalse, canBeNull, isNullBySelf = false } = truth;
  const passes = (negated ? canBeFalse : canBeTrue) || (nullPasses && canBeNull);
  if (!passes) return false;
  const stops = (negated ? canBeTrue : canBeFalse) || (!nullPasses && canBeNull && !isNullBySelf);
  return stops ? undefined : true;
}

class FactReader {
  constructor(
    private readonly table: Table,
    private readonly model: SchemaModel,
  ) {}

  read(atom: Atom): Fact {
    const { node, negated, nullPasses } = atom;
    const { table, model } = this;
    if ('NullTest' in node) {
      const isNull = (node.NullTest.nulltesttype === 'IS_NULL') !== negated;
      if (this.#isSubject(node.NullTest.arg)) return { kind: isNull ? 'signed-out' : 'signed-in' };
      if (isRowOnly(node, table, model)) return { kind: 'row' };
      const inner = node.NullTest.arg;
      return inner && 'SubLink' in inner && !isNull ? this.#related(inner.SubLink, atom) : UNKNOWN;
    }
    if ('A_Expr' in node) {
      const comparison = new Comparison(table, model, side => this.#isSubject(side));
      const fact = comparison.read(node.A_Expr, negated, nullPasses);
      return fact.kind === 'unknown' || fact.kind === 'derived' ? this.#looked(atom, fact) : fact;
    }
    if (negated && ('SubLink' in node || 'FuncCall' in node) && !isRowOnly(node, table, model))
      return UNKNOWN;
    if ('SubLink' in node) return this.#related(node.SubLink, atom);
    if (isRowOnly(node, table, model)) return { kind: 'row' };
    return 'FuncCall' in node ? this.#called(node.FuncCall, atom) : UNKNOWN;
  }

  /** What a comparison with a subquery or with a function of the files comes to. */
  #looked(atom: Atom, fact: Fact): Fact {
    const sublink = subqueryIn(atom.node);
    if (sublink) return this.#related(sublink, atom);
    const isRead = callsIn(atom.node).some(call => routinesOf(call, this.model).length > 0);
    if (fact.kind === 'derived') return isRead ? { ...fact, audience: this.#audience(atom) } : fact;
    const audience = isRead ? this.#audience(atom) : 'unknown';
    return audience === 'unknown' ? UNKNOWN : { kind: 'derived', column: undefined, audience };
  }

  #related(sublink: SubLink, atom: Atom): Fact {
    const relations = relationsOf(sublink.subselect).map(({ relname = '', schemaname }) =>
      this.model.keyOf(relname, schemaname),
    );
    return {
      kind: 'related',
      sublink,
      relations,
      mentionsSubject: derivesFromSubject(atom.node, this.model),
      correlated: speaksOfRow(atom.node, this.table, this.model),
      audience: this.#audience(atom),
    };
  }

  #called(call: FuncCall, atom: Atom): Fact {
    const { table, model } = this;
    const [column, subject] = call.args ?? [];
    const name = textsOf(call.funcname).at(-1) ?? '';
    // `starts_with(path, auth.uid() || '/')` ends where the subject ends, and so takes nobody else's rows.
    if (name === 'starts_with' && column && 'ColumnRef' in column && this.#isSubject(subject))
      return { kind: 'owner-pattern', column: textsOf(column.ColumnRef.fields).at(-1) ?? '', operator: name };
    const routines = routinesOf(call, model);
    const asksSubject = routines.length > 0 && routines.every(bodyMentionsSubject);
    return {
      kind: 'function',
      call,
      routines,
      correlated: speaksOfRow(atom.node, table, model),
      mentionsSubject: asksSubject || derivesFromSubject(atom.node, model),
      audience: this.#audience(atom),
    };
  }

  #audience(atom: Atom): Audience {
    return (
      inTime(() => audienceOfWorlds(new TieReader(this.model).worldsOfAtom(atom, this.table), this.model)) ??
      'unknown'
    );
  }

  /** The subject, a claim, or a function of the files that yields one. */
  #isSubject(node: Node | undefined): boolean {
    if (!node) return false;
    if (readSubject(node)) return true;
    const call = 'SubLink' in node ? onlyTarget(node) : node;
    if (!call || !('FuncCall' in call) || routinesOf(call.FuncCall, this.model).length === 0) return false;
    const terms = inTime(() => new TieReader(this.model).termsOf(call, this.table)) ?? [];
    return (
      terms.length > 0 &&
      terms.every(({ knot, world }) => knot === 'subject' && world.sources.length === 0 && !world.unclear)
    );
  }
}

/** Undefined where a predicate has more ways of being true than are worth telling apart. */
function inTime<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TooManyWorlds) return undefined;
    throw error;
  }
}

/** Whether an expression is the subject, a claim, or made of them by functions and subqueries. */
export function derivesFromSubject(node: Node | undefined, model: SchemaModel): boolean {
  if (!node) return false;
  if (readSubject(node) || readClaim(node)) return true;
  let found = false;
  walk(node, (type, fields) => {
    if (found) return;
    const part = { [type]: fields } as unknown as Node;
    if (readSubject(part) || (type === 'A_Expr' && readClaim(part))) found = true;
    else if (type === 'FuncCall') found = routinesOf(fields, model).some(bodyMentionsSubject);
  });
  return found;
}

/** Routines of the files that a call can mean. */
export function routinesOf({ funcname, args }: FuncCall, model: SchemaModel): Routine[] {
  return model.routinesCalled(textsOf(funcname), args?.length ?? 0);
}

/** Whether the text of a routine asks who is calling. */
export function bodyMentionsSubject({ statement }: Routine): boolean {
  return (statement.body?.queries ?? []).some(query => mentionsSubject(query) || claimsIn(query).length > 0);
}

export function mentionsSubject(tree: unknown): boolean {
  let found = false;
  walk(tree, (type, fields) => {
    found ||= readSubject({ [type]: fields } as unknown as Node) !== undefined;
  });
  return found;
}

export function speaksOfRow(node: Node, table: Table, model: SchemaModel): boolean {
  return columnUses(node, table, model).some(({ of }) => of === 'own');
}

export function isRowOnly(node: Node, table: Table, model: SchemaModel): boolean {
  if (holds(node, 'SubLink') || holds(node, 'ParamRef') || derivesFromSubject(node, model)) return false;
  return callsIn(node).every(isPure) && columnUses(node, table, model).every(({ of }) => of === 'own');
}

function holds(tree: unknown, wanted: string): boolean {
  const found: string[] = [];
  walk(tree, type => {
    if (type === wanted) found.push(type);
  });
  return found.length > 0;
}

/** The subquery over other relations that an expression holds outside of any other. */
function subqueryIn(node: Node): SubLink | undefined {
  let found: SubLink | undefined;
  walk(node, (type, fields) => {
    if (type === 'SubLink' && !found && !onlyTarget({ SubLink: fields })) found = fields;
  });
  return found;
}

/** Every function call of a tree. */
export function callsIn(tree: unknown): FuncCall[] {
  const calls: FuncCall[] = [];
  walk(tree, (type, fields) => {
    if (type === 'FuncCall') calls.push(fields);
  });
  return calls;
}

/** `current_user` and its like, and the `role` setting. */
export function isDatabaseRole(node: Node | undefined): boolean {
  if (!node) return false;
  if ('TypeCast' in node) return isDatabaseRole(node.TypeCast.arg);
  return (
    'SQLValueFunction' in node &&
    ['SVFOP_CURRENT_USER', 'SVFOP_SESSION_USER', 'SVFOP_CURRENT_ROLE', 'SVFOP_USER'].includes(
      node.SQLValueFunction.op ?? '',
    )
  );
}
