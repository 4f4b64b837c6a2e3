import type { A_Expr, FuncCall, Node, SubLink } from '@pgsql/types';
import { textOf, textsOf } from './ast';
import { conditionOf, type Atom, type Condition } from './condition';
import { lookUp, type Frames } from './frames';
import type { SchemaModel } from './model';
import type { Table } from './objects';
import { QueryReader, type QueryResult } from './queries';
import { ownSource } from './scope';
import { readClaim } from './settings';
import { constantText, onlyTarget, readSubject } from './subject';
import { truthOf } from './truth';
import { EMPTY_WORLD, merge, product, UNCLEAR_WORLD, type Knot, type World } from './worlds';

/** What an expression stands for in one of its ways: a knot, a constant, or (neither) something not understood. */
export interface Term {
  readonly knot?: Knot;
  readonly constant?: boolean;
  /** What has to hold for it to have a value. */
  readonly world: World;
}

const UNKNOWN_TERM: Term = { world: UNCLEAR_WORLD };
const CONSTANT_TERM: Term = { constant: true, world: EMPTY_WORLD };
/** What no subject is. */
const EMPTY_TEXT_TERM: Term = { constant: true, world: EMPTY_WORLD };
const SUBJECT_TERM: Term = { knot: 'subject', world: EMPTY_WORLD };

/** Claims that do not tell users apart. */
const SHARED_CLAIMS: ReadonlySet<string> = new Set(['role', 'iss', 'aud', 'iat', 'nbf', 'exp', 'tenant_id']);

/** Operators that hold between things that belong together: equality, and membership in an array or object. */
const TYING: ReadonlySet<string> = new Set(['=', '@>', '<@', '&&', '?']);

/** Functions whose result stands for their first argument. */
const FAITHFUL: ReadonlySet<string> = new Set(
  'lower upper trim btrim ltrim rtrim array_agg unnest max min any_value json_array_elements_text jsonb_array_elements_text split_part string_to_array'.split(
    ' ',
  ),
);

/** Reads in which ways conditions tie the subject to the row, through subqueries, views and functions of the files. */
export class TieReader {
  readonly #queries: QueryReader;

  constructor(model: SchemaModel) {
    this.#queries = new QueryReader(model, this);
  }

  /** The ways in which an atom of a policy's predicate can hold. */
  worldsOfAtom(atom: Atom, table: Table): World[] {
    return this.#atom(atom, { list: [{ sources: [ownSource(table)] }], asOwner: false, depth: 0 });
  }

  /** What an expression of a policy stands for. */
  termsOf(node: Node, table: Table): Term[] {
    return this.terms(node, { list: [{ sources: [ownSource(table)] }], asOwner: false, depth: 0 });
  }

  worlds(condition: Condition, frames: Frames): World[] {
    switch (condition.kind) {
      case 'atom':
        return this.#atom(condition, frames);
      case 'all':
        return condition.parts.reduce<World[]>(
          (worlds, part) => (worlds.length === 0 ? worlds : product(worlds, this.worlds(part, frames))),
          [EMPTY_WORLD],
        );
      case 'any':
        return condition.parts.flatMap(part => this.worlds(part, frames));
    }
  }

  #atom({ node, negated, nullPasses }: Atom, frames: Frames): World[] {
    const { canBeTrue, canBeFalse, canBeNull } = truthOf(node);
    const isPossible = (negated ? canBeFalse : canBeTrue) || (nullPasses && canBeNull);
    if (!isPossible) return [];
    const isSure = !(negated ? canBeTrue : canBeFalse) && (nullPasses || !canBeNull);
    if (isSure) return [EMPTY_WORLD];
    if (nullPasses) return [this.#filter(node, frames)];
    if ('SubLink' in node) return this.#sublink(node.SubLink, negated, frames);
    if ('FuncCall' in node) return this.#call(node.FuncCall, negated, frames);
    if ('A_Expr' in node) return this.#comparison(node.A_Expr, negated, frames);
    if ('NullTest' in node && node.NullTest.arg && (node.NullTest.nulltesttype === 'IS_NOT_NULL') !== negated)
      return this.terms(node.NullTest.arg, frames).map(present);
    return [this.#filter(node, frames)];
  }

  #sublink(sublink: SubLink, negated: boolean, frames: Frames): World[] {
    const { subLinkType, testexpr, operName, subselect } = sublink;
    const operator = textOf(operName?.at(-1)) ?? '=';
    if (subLinkType === 'EXPR_SUBLINK')
      return this.#queries.results(subselect, frames).flatMap(result => this.#decided(result, negated));
    if (negated || (subLinkType === 'ANY_SUBLINK' && operator !== '=')) return [UNCLEAR_WORLD];
    const results = this.#queries.results(subselect, frames);
    if (subLinkType === 'EXISTS_SUBLINK') return results.map(({ world }) => world);
    if (subLinkType !== 'ANY_SUBLINK' || !testexpr) return [UNCLEAR_WORLD];
    return results.flatMap(result => this.#isAmong(testexpr, result, frames));
  }

  /** `(a, b) in (select x, y …)`. */
  #isAmong(value: Node, { world, targets, frames: inner }: QueryResult, frames: Frames): World[] {
    const values = 'RowExpr' in value ? (value.RowExpr.args ?? []) : [value];
    return values.reduce<World[]>(
      (worlds, each, index) => {
        const target = targets[index];
        return product(worlds, target ? this.#equal(each, frames, target, inner) : [UNCLEAR_WORLD]);
      },
      [world],
    );
  }

  /** A query with one boolean result, which has to be true. */
  #decided({ world, targets, frames }: QueryResult, negated: boolean): World[] {
    const [target] = targets;
    return target ? product([world], this.worlds(conditionOf(target, negated), frames)) : [UNCLEAR_WORLD];
  }

  #call(call: FuncCall, negated: boolean, frames: Frames): World[] {
    const results = this.#queries.called(call, frames);
    if (results) return results.flatMap(result => this.#decided(result, negated));
    return [this.#filter({ FuncCall: call }, frames)];
  }

  #comparison(expression: A_Expr, negated: boolean, frames: Frames): World[] {
    const { kind, name, lexpr, rexpr } = expression;
    const operator = textOf(name?.at(-1)) ?? '';
    const isEqual =
      kind === 'AEXPR_NOT_DISTINCT' || kind === 'AEXPR_DISTINCT'
        ? (kind === 'AEXPR_NOT_DISTINCT') !== negated
        : negated
          ? operator === '<>'
          : TYING.has(operator);
    if (!isEqual || !lexpr || !rexpr || !EQUATING.has(kind ?? ''))
      return [this.#filter({ A_Expr: expression }, frames)];
    return this.#equal(lexpr, frames, rexpr, frames);
  }

  #equal(left: Node, leftFrames: Frames, right: Node, rightFrames: Frames): World[] {
    const rights = this.terms(right, rightFrames);
    return this.terms(left, leftFrames).flatMap(a => rights.map(b => equal(a, b)));
  }

  /** What an expression stands for, in each of its ways. */
  terms(node: Node, frames: Frames): Term[] {
    if (readSubject(node)) return [SUBJECT_TERM];
    const claim = readClaim(node);
    if (claim) return [SHARED_CLAIMS.has(claim.path[0] ?? '') ? CONSTANT_TERM : SUBJECT_TERM];
    if ('TypeCast' in node && node.TypeCast.arg) return this.terms(node.TypeCast.arg, frames);
    if ('CollateClause' in node && node.CollateClause.arg) return this.terms(node.CollateClause.arg, frames);
    if ('A_Const' in node) return [constantText(node) === '' ? EMPTY_TEXT_TERM : CONSTANT_TERM];
    if ('SQLValueFunction' in node) return [CONSTANT_TERM];
    if ('ColumnRef' in node) return this.#column(node.ColumnRef.fields, frames);
    if ('ParamRef' in node) return this.#parameter(node.ParamRef.number ?? 0, frames);
    if ('SubLink' in node) return this.#scalar(node, frames);
    if ('FuncCall' in node) return this.#value(node.FuncCall, frames);
    if ('CoalesceExpr' in node) return this.#each(node.CoalesceExpr.args, frames);
    if ('A_ArrayExpr' in node) return this.#each(node.A_ArrayExpr.elements, frames);
    if ('A_Indirection' in node && node.A_Indirection.arg) return this.terms(node.A_Indirection.arg, frames);
    if ('A_Expr' in node && node.A_Expr.lexpr) {
      const operator = textOf(node.A_Expr.name?.at(-1)) ?? '';
      if (node.A_Expr.kind === 'AEXPR_NULLIF' || /^#?->>?$|^#>>?$/.test(operator))
        return this.terms(node.A_Expr.lexpr, frames);
    }
    return [UNKNOWN_TERM];
  }

  /** Several values, of which each may be the one that counts; constants are all one. */
  #each(nodes: readonly Node[] = [], frames: Frames): Term[] {
    const terms = nodes.flatMap(node => this.terms(node, frames));
    return [...new Set(terms)];
  }

  #column(fields: readonly Node[] | undefined, frames: Frames): Term[] {
    const found = lookUp(fields, frames);
    if (!found) return [UNKNOWN_TERM];
    if ('node' in found) return this.terms(found.node, found.frames);
    if (!('output' in found.source)) return [{ knot: found.source, world: EMPTY_WORLD }];
    const behind = found.source.output(found.column);
    return behind ? this.terms(behind.node, behind.frames) : [UNKNOWN_TERM];
  }

  #parameter(number: number, { list }: Frames): Term[] {
    const bound = list.findLast(({ parameters }) => parameters)?.parameters?.get(`$${number}`);
    return bound ? this.terms(bound.node, bound.frames) : [UNKNOWN_TERM];
  }

  #scalar(node: Node & { SubLink: SubLink }, frames: Frames): Term[] {
    const inner = onlyTarget(node);
    if (inner) return this.terms(inner, frames);
    const { subLinkType, subselect } = node.SubLink;
    if (subLinkType !== 'EXPR_SUBLINK' && subLinkType !== 'ARRAY_SUBLINK') return [UNKNOWN_TERM];
    return this.#queries.results(subselect, frames).flatMap(result => this.#first(result));
  }

  #first({ world, targets: [target], frames }: QueryResult): Term[] {
    if (!target) return [UNKNOWN_TERM];
    return this.terms(target, frames).map(term => ({ ...term, world: merge(world, term.world) }));
  }

  #value(call: FuncCall, frames: Frames): Term[] {
    const results = this.#queries.called(call, frames);
    if (results) return results.flatMap(result => this.#first(result));
    const [first] = call.args ?? [];
    const name = textsOf(call.funcname).at(-1) ?? '';
    if (!first) return NO_ROW.has(name) ? [CONSTANT_TERM] : [UNKNOWN_TERM];
    return FAITHFUL.has(name) ? this.terms(first, frames) : [UNKNOWN_TERM];
  }

  /** A test that ties nothing: clear as long as it looks at one thing only. */
  #filter(node: Node, frames: Frames): World {
    const knots = this.#queries.knotsIn(node, frames);
    if (!knots || knots.size > 1) return UNCLEAR_WORLD;
    return { ...EMPTY_WORLD, filtered: [...knots] };
  }
}

const EQUATING: ReadonlySet<string> = new Set([
  'AEXPR_OP',
  'AEXPR_OP_ANY',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
]);

/** Functions without arguments that say nothing of row or user. */
const NO_ROW: ReadonlySet<string> = new Set([
  'now',
  'clock_timestamp',
  'statement_timestamp',
  'gen_random_uuid',
]);

function equal(a: Term, b: Term): World {
  const world = merge(a.world, b.world);
  if (a.knot && b.knot) return { ...world, ties: [...world.ties, [a.knot, b.knot]] };
  const [known, other] = a.knot ? [a.knot, b] : [b.knot, a];
  if (known === 'subject' && other.constant && other !== EMPTY_TEXT_TERM) return { ...world, certain: true };
  if (known && other.constant) return { ...world, filtered: [...world.filtered, known] };
  return a.constant && b.constant ? world : { ...world, unclear: true };
}

function present({ knot, world }: Term): World {
  return knot ? { ...world, filtered: [...world.filtered, knot] } : world;
}
