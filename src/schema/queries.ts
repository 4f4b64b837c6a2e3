import type { Alias, FuncCall, JoinExpr, Node, RangeVar, SelectStmt } from '@pgsql/types';
import { textsOf } from './ast';
import { conditionOf } from './condition';
import { lookUp, within, type Bound, type ComputedSource, type Frame, type Frames } from './frames';
import type { SchemaModel } from './model';
import type { Routine } from './objects';
import { isPure } from './pure-functions';
import { columnsOf, HIDDEN_COLUMNS, targetNames } from './scope';
import { readClaim, readSetting } from './settings';
import { readSubject } from './subject';
import type { TieReader } from './ties';
import {
  EMPTY_WORLD,
  merge,
  product,
  tiedTo,
  UNCLEAR_WORLD,
  type Knot,
  type RowSource,
  type World,
} from './worlds';

/** One way in which a query yields a row. */
export interface QueryResult {
  readonly world: World;
  readonly targets: readonly Node[];
  readonly frames: Frames;
}

/** The FROM clause so far, in one of its ways. */
interface Rows {
  readonly world: World;
  readonly sources: readonly (RowSource | ComputedSource)[];
  /** Conditions of outer joins, which hold only where the other side has a row. */
  readonly optional: readonly { readonly quals: Node | undefined; readonly sources: readonly RowSource[] }[];
  readonly quals: readonly Node[];
}

const NO_ROWS: Rows = { world: EMPTY_WORLD, sources: [], optional: [], quals: [] };
const UNCLEAR_RESULT: Omit<QueryResult, 'frames'> = { world: UNCLEAR_WORLD, targets: [] };
const DEEPEST = 6;

/** Reads queries as what they tie together; the expressions inside are {@link TieReader}'s. */
export class QueryReader {
  constructor(
    private readonly model: SchemaModel,
    private readonly ties: TieReader,
  ) {}

  /** The ways in which a query yields a row. */
  results(query: Node | undefined, frames: Frames): QueryResult[] {
    if (!query || !('SelectStmt' in query)) return [{ ...UNCLEAR_RESULT, frames }];
    return this.#select(query.SelectStmt, frames);
  }

  /** A function of the files whose body is one query, as that query; undefined for any other. */
  called(call: FuncCall, frames: Frames): QueryResult[] | undefined {
    const [routine, ...others] = this.model.routinesCalled(textsOf(call.funcname), call.args?.length ?? 0);
    const body = routine?.statement.body;
    const [query, ...more] = body?.queries ?? [];
    if (!routine || others.length > 0 || !body || body.opaque || body.dynamic) return undefined;
    if (!query || more.length > 0 || frames.depth >= DEEPEST) return undefined;
    const frame: Frame = { sources: [], parameters: argumentsOf(routine, call, frames), routine };
    const inner = { list: [frame], asOwner: frames.asOwner || routine.definer, depth: frames.depth + 1 };
    return this.results(query, inner);
  }

  /** The knots that an expression looks at; undefined where it holds something that nothing here understands. */
  knotsIn(tree: unknown, frames: Frames, knots = new Set<Knot>()): Set<Knot> | undefined {
    if (Array.isArray(tree)) return tree.every(part => this.knotsIn(part, frames, knots)) ? knots : undefined;
    if (typeof tree !== 'object' || tree === null) return knots;
    for (const [key, value] of Object.entries(tree)) {
      const node = { [key]: value as unknown } as unknown as Node;
      if (readSubject(node) ?? readClaim(node)) knots.add('subject');
      else if (key === 'SubLink' || key === 'ParamRef') return undefined;
      else if (key === 'FuncCall' && !isPure(value as FuncCall) && !readSetting(node)) return undefined;
      else if (key === 'ColumnRef') {
        const terms = lookUp((value as { fields?: Node[] }).fields, frames) && this.ties.terms(node, frames);
        if (!terms || terms.some(({ knot, constant }) => !knot && !constant)) return undefined;
        for (const { knot } of terms) if (knot) knots.add(knot);
      } else if (!this.knotsIn(value, frames, knots)) return undefined;
    }
    return knots;
  }

  #select(select: SelectStmt, outer: Frames): QueryResult[] {
    const named = this.#named(select, outer);
    const frames = named ? within(outer, { sources: [], named }) : outer;
    if (select.larg) {
      const left = this.#select(select.larg, frames);
      // EXCEPT and INTERSECT only take away from the left side.
      return select.op === 'SETOP_UNION' && select.rarg
        ? [...left, ...this.#select(select.rarg, frames)]
        : left;
    }
    if (select.valuesLists)
      return select.valuesLists.map(row => ({
        world: EMPTY_WORLD,
        targets: 'List' in row ? (row.List.items ?? []) : [],
        frames,
      }));
    const rows = (select.fromClause ?? []).reduce<Rows[]>(
      (all, item) => all.flatMap(each => this.#from(item, each, frames)),
      [NO_ROWS],
    );
    return rows.flatMap(each => this.#filtered(each, select, frames));
  }

  #filtered({ world, sources, optional, quals }: Rows, select: SelectStmt, frames: Frames): QueryResult[] {
    const inner = within(frames, { sources });
    const conditions = [...quals, ...(select.whereClause ? [select.whereClause] : [])];
    let worlds = conditions.reduce<World[]>(
      (all, node) => product(all, this.ties.worlds(conditionOf(node), inner)),
      [world],
    );
    for (const join of optional) worlds = worlds.flatMap(each => this.#joined(each, join, inner));
    const targets = (select.targetList ?? []).flatMap(target => {
      const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
      return value && isStar(value) ? sources.flatMap(columnsIn) : (value ?? []);
    });
    return worlds.map(each => ({ world: each, targets, frames: inner }));
  }

  /** An outer join narrows only where something else asks for a row of its optional side. */
  #joined(world: World, { quals, sources }: Rows['optional'][number], frames: Frames): World[] {
    const isAsked = sources.some(source => world.filtered.includes(source) || tiedTo(source, world).size > 1);
    if (!isAsked) return [{ ...world, sources: world.sources.filter(source => !sources.includes(source)) }];
    return quals ? product([world], this.ties.worlds(conditionOf(quals), frames)) : [world];
  }

  #from(item: Node, rows: Rows, frames: Frames): Rows[] {
    if ('RangeVar' in item) return this.#relation(item.RangeVar, rows, frames);
    if ('JoinExpr' in item) return this.#join(item.JoinExpr, rows, frames);
    if ('RangeSubselect' in item) {
      const { subquery, alias, lateral } = item.RangeSubselect;
      const inner = lateral ? within(frames, { sources: rows.sources }) : frames;
      return this.results(subquery, inner).map(result =>
        computed(rows, result, alias, targetNames(subquery)),
      );
    }
    if ('RangeFunction' in item) {
      const call = calledIn(item.RangeFunction.functions);
      const results = call && this.called(call, within(frames, { sources: rows.sources }));
      const alias = item.RangeFunction.alias;
      if (results) return results.map(result => computed(rows, result, alias, undefined));
    }
    return [{ ...rows, world: merge(rows.world, UNCLEAR_WORLD) }];
  }

  #relation({ relname = '', schemaname, alias }: RangeVar, rows: Rows, frames: Frames): Rows[] {
    const name = alias?.aliasname ?? relname;
    const named =
      schemaname === undefined
        ? frames.list.findLast(frame => frame.named?.has(relname))?.named?.get(relname)
        : undefined;
    if (named) {
      const columns = targetNames({ SelectStmt: named.query });
      return this.#select(named.query, named.frames).map(result =>
        computed(
          rows,
          result,
          { aliasname: name, ...(alias?.colnames && { colnames: alias.colnames }) },
          columns,
        ),
      );
    }
    const key = this.model.keyOf(relname, schemaname);
    const view = this.model.views.get(key);
    if (view?.query && frames.depth < DEEPEST) {
      const asOwner = frames.asOwner || !view.securityInvoker;
      return this.results(view.query, { list: [], asOwner, depth: frames.depth + 1 }).map(result =>
        computed(rows, result, { aliasname: name }, targetNames(view.query)),
      );
    }
    const table = this.model.tables.get(key);
    const columns = alias?.colnames ? undefined : columnsOf(table);
    const source = { alias: name, of: { relation: key }, columns, table, asOwner: frames.asOwner };
    return [
      {
        ...rows,
        sources: [...rows.sources, source],
        world: merge(rows.world, { ...EMPTY_WORLD, sources: [source] }),
      },
    ];
  }

  #join(
    { jointype, larg, rarg, quals, usingClause, isNatural }: JoinExpr,
    rows: Rows,
    frames: Frames,
  ): Rows[] {
    if (!larg || !rarg || isNatural) return [{ ...rows, world: merge(rows.world, UNCLEAR_WORLD) }];
    return this.#from(larg, rows, frames).flatMap(left =>
      this.#from(rarg, left, frames).map(both => {
        const leftOnly = left.sources.filter(source => !rows.sources.includes(source));
        const rightOnly = both.sources.filter(source => !left.sources.includes(source));
        const { sources, world } = both;
        const tied = textsOf(usingClause).flatMap(column => tie(column, leftOnly, rightOnly));
        const joined = { ...both, world: { ...world, ties: [...world.ties, ...tied] } };
        const isInner = jointype === 'JOIN_INNER';
        if (isInner) return quals ? { ...joined, quals: [...both.quals, quals] } : joined;
        const missing = jointype === 'JOIN_LEFT' ? rightOnly : jointype === 'JOIN_RIGHT' ? leftOnly : sources;
        return { ...both, optional: [...both.optional, { quals, sources: missing }] };
      }),
    );
  }

  #named({ withClause }: SelectStmt, outer: Frames): Frame['named'] {
    if (!withClause?.ctes) return undefined;
    const named = new Map<string, { query: SelectStmt; frames: Frames }>();
    // A query of WITH sees those before it; a recursive one comes from the rows that it starts with.
    for (const node of withClause.ctes) {
      if (!('CommonTableExpr' in node)) continue;
      const { ctename = '', ctequery } = node.CommonTableExpr;
      if (!ctequery || !('SelectStmt' in ctequery)) continue;
      const before = new Map(named);
      const frames = within(outer, { sources: [], named: before });
      const query = ctequery.SelectStmt;
      if (withClause.recursive && query.larg)
        before.set(ctename, {
          query: query.larg,
          frames: within(outer, { sources: [], named: new Map(named) }),
        });
      named.set(ctename, { query, frames });
    }
    return named;
  }
}

function isStar(node: Node): boolean {
  return 'ColumnRef' in node && (node.ColumnRef.fields ?? []).some(field => 'A_Star' in field);
}

/** What `*` stands for. A function that yields values has one column, by whatever name. */
function columnsIn(source: RowSource | ComputedSource): Node[] {
  const names = source.columns ?? ('output' in source ? ['value'] : []);
  return [...names]
    .filter(name => !HIDDEN_COLUMNS.includes(name))
    .map(name => ({ ColumnRef: { fields: [source.alias, name].map(sval => ({ String: { sval } })) } }));
}

function tie(column: string, left: readonly RowSource[], right: readonly RowSource[]): [Knot, Knot][] {
  const having = (sources: readonly RowSource[]): RowSource | undefined =>
    sources.find(({ columns }) => columns?.has(column)) ?? sources.find(({ columns }) => !columns);
  const [a, b] = [having(left), having(right)];
  return a && b ? [[a, b]] : [];
}

function computed(
  rows: Rows,
  { world, targets, frames }: QueryResult,
  alias: Alias | undefined,
  names: ReadonlySet<string> | undefined,
): Rows {
  const all = [...textsOf(alias?.colnames), ...[...(names ?? [])].slice(alias?.colnames?.length ?? 0)];
  const columns = all.length > 0 && all.length >= targets.length ? new Set(all) : undefined;
  const output = (column: string): Bound | undefined => {
    const index = targets.length === 1 && !columns ? 0 : all.indexOf(column);
    const node = targets[index];
    return node && { node, frames };
  };
  const source: ComputedSource = { alias: alias?.aliasname ?? '', of: undefined, columns, output };
  return { ...rows, world: merge(rows.world, world), sources: [...rows.sources, source] };
}

function calledIn(functions: readonly Node[] | undefined): FuncCall | undefined {
  const [first] = functions ?? [];
  const [call] = first && 'List' in first ? (first.List.items ?? []) : [];
  return call && 'FuncCall' in call ? call.FuncCall : undefined;
}

function argumentsOf(routine: Routine, { args = [] }: FuncCall, frames: Frames): Map<string, Bound> {
  const bound = new Map<string, Bound>();
  const inputs = routine.arguments.filter(({ isInput }) => isInput);
  args.forEach((arg, index) => {
    const isNamed = 'NamedArgExpr' in arg;
    const node = isNamed ? arg.NamedArgExpr.arg : arg;
    const position = isNamed ? inputs.findIndex(({ name }) => name === arg.NamedArgExpr.name) : index;
    const name = inputs[position]?.name;
    if (!node) return;
    if (name !== undefined) bound.set(name, { node, frames });
    bound.set(`$${position + 1}`, { node, frames });
  });
  return bound;
}
