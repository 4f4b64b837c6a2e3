import type { Alias, ColumnRef, CommonTableExpr, JoinExpr, Node, SelectStmt } from '@pgsql/types';
import { textsOf, walk } from './ast';
import type { SchemaModel } from './model';
import type { Table } from './objects';

/** A column reference as PostgreSQL would resolve it. */
export interface ColumnUse {
  readonly node: ColumnRef;
  readonly column: string;
  /** The name before the dot, as written. */
  readonly qualifier: string | undefined;
  /** How many subqueries it stands in. */
  readonly depth: number;
  /** `own` for the policy's table, a relation's key, or undefined when the files cannot tell. */
  readonly of: 'own' | { readonly relation: string } | undefined;
  /** What the query reads it from: two uses of one source are columns of one row. */
  readonly source: Source | undefined;
  /** An unqualified name that the subquery took, although the policy's table has a column of that name, too. */
  readonly captured: boolean;
  /** The files tell every column that it could mean, and none has the name. */
  readonly missing: boolean;
}

/** One item of a FROM clause under the name that columns call it by, or the row that a policy judges. */
export interface Source {
  readonly alias: string;
  readonly of: 'own' | { readonly relation: string } | undefined;
  /** Undefined when the files do not tell the columns. */
  readonly columns: ReadonlySet<string> | undefined;
}

type Scope = readonly Source[];

/**
 * Resolves every column of an expression over a table: the innermost query that has the name takes it (PostgreSQL's
 * own rule, which is how `m.org_id = org_id` in a subquery compares a column with itself).
 */
export function columnUses(node: Node, table: Table, model: SchemaModel): ColumnUse[] {
  const uses: ColumnUse[] = [];
  new Resolver(model, uses).visit(node, [[ownSource(table)]]);
  if (!uses.some(({ missing }) => missing)) return uses;
  // ORDER BY and GROUP BY also know the names that a query gives its results.
  const results = resultNames(node);
  return uses.map(use => (use.missing && results.has(use.column) ? { ...use, missing: false } : use));
}

/** Resolves the columns of a query that stands by itself, such as the body of a function. */
export function columnUsesIn(query: Node, model: SchemaModel): ColumnUse[] {
  const uses: ColumnUse[] = [];
  new Resolver(model, uses).visit(query, [[]]);
  return uses;
}

/** The row that a policy of the table judges. */
export function ownSource(table: Table): Source {
  return { alias: table.name, of: 'own', columns: columnsOf(table) };
}

/** Column names of a table the push makes, PostgreSQL's hidden ones included. */
export function columnsOf(table: Table | undefined): ReadonlySet<string> | undefined {
  // CREATE TABLE AS and tables made elsewhere have columns that the files do not tell.
  if (!table?.columnsKnown) return undefined;
  return new Set([...table.columns.keys(), ...HIDDEN_COLUMNS]);
}

/** Columns that every table has and `*` leaves out. */
export const HIDDEN_COLUMNS: readonly string[] = ['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax'];

/** The source that a name before a dot means, the innermost first. */
export function sourceByAlias<S extends Source>(
  alias: string,
  scopes: readonly (readonly S[])[],
): S | undefined {
  return scopes
    .findLast(scope => scope.some(source => source.alias === alias))
    ?.find(source => source.alias === alias);
}

/** The source of an unqualified name; undefined as soon as a query on the way may have it without the files telling. */
export function sourceByColumn<S extends Source>(
  column: string,
  scopes: readonly (readonly S[])[],
): S | undefined {
  for (const scope of [...scopes].reverse()) {
    const source = scope.find(candidate => candidate.columns?.has(column));
    if (source) return source;
    if (scope.some(candidate => candidate.columns === undefined)) {
      // The policy's own table is the last to be asked: nothing else can have taken the name before it.
      return scope === scopes[0] ? scope[0] : undefined;
    }
  }
  return undefined;
}

/** Names of a subquery's result columns; undefined where a `*` or a VALUES list hides one. */
export function targetNames(query: Node | undefined, alias?: Alias): ReadonlySet<string> | undefined {
  const renamed = textsOf(alias?.colnames);
  if (!query || !('SelectStmt' in query)) return undefined;
  let select: SelectStmt = query.SelectStmt;
  while (select.larg) select = select.larg;
  if (select.valuesLists || !select.targetList) return renamed.length > 0 ? new Set(renamed) : undefined;
  const names: string[] = [];
  for (const target of select.targetList ?? []) {
    const name = 'ResTarget' in target ? targetName(target.ResTarget.name, target.ResTarget.val) : undefined;
    if (name === undefined) return undefined;
    names.push(name);
  }
  return new Set([...renamed, ...names.slice(renamed.length)]);
}

function targetName(name: string | undefined, value: Node | undefined): string | undefined {
  if (name !== undefined) return name;
  if (value && 'TypeCast' in value) {
    const { arg } = value.TypeCast;
    return arg && 'ColumnRef' in arg ? targetName(undefined, arg) : undefined;
  }
  if (value && 'FuncCall' in value) return textsOf(value.FuncCall.funcname).at(-1);
  if (value && 'A_Const' in value) return '?column?';
  // What else a query computes has names that depend on what it is.
  if (!value || !('ColumnRef' in value)) return undefined;
  const names = textsOf(value.ColumnRef.fields);
  return names.length === value.ColumnRef.fields?.length ? names.at(-1) : undefined;
}

/** Result columns of the queries that WITH gives names to. */
type NamedQueries = ReadonlyMap<string, ReadonlySet<string> | undefined>;

class Resolver {
  constructor(
    private readonly model: SchemaModel,
    private readonly uses: ColumnUse[],
  ) {}

  /** `scopes` go from the policy's table to the innermost query. */
  visit(tree: unknown, scopes: readonly Scope[], named: NamedQueries = NO_QUERIES): void {
    if (Array.isArray(tree)) {
      for (const part of tree) this.visit(part, scopes, named);
      return;
    }
    if (typeof tree !== 'object' || tree === null) return;
    for (const [key, value] of Object.entries(tree)) {
      if (key === 'ColumnRef') this.resolve(value as ColumnRef, scopes);
      else if (key === 'SelectStmt') this.query(value as SelectStmt, scopes, named);
      else this.visit(value, scopes, named);
    }
  }

  private query(select: SelectStmt, scopes: readonly Scope[], outer: NamedQueries): void {
    const { larg, rarg, fromClause = [], withClause, ...parts } = select;
    const named = this.namedQueries(withClause?.ctes, scopes, outer);
    // The parts of a UNION are queries of their own.
    for (const part of [larg, rarg]) if (part) this.query(part, scopes, named);
    const sources: Source[] = [];
    for (const item of fromClause) this.collect(item, sources, scopes, named);
    // ORDER BY over a UNION names the results of its parts.
    if (larg) sources.push(UNTOLD);
    this.visit(parts, [...scopes, sources], named);
  }

  private namedQueries(
    ctes: readonly Node[] | undefined,
    scopes: readonly Scope[],
    outer: NamedQueries,
  ): NamedQueries {
    const queries = (ctes ?? []).flatMap(node => ('CommonTableExpr' in node ? node.CommonTableExpr : []));
    if (queries.length === 0) return outer;
    const named = new Map(outer);
    for (const cte of queries) named.set(cte.ctename ?? '', cteColumns(cte));
    for (const { ctequery } of queries) this.visit(ctequery, scopes, named);
    return named;
  }

  /** Adds what a FROM item offers; the conditions of a join see both of its sides. */
  private collect(item: Node, sources: Source[], scopes: readonly Scope[], named: NamedQueries): void {
    if ('RangeVar' in item) {
      const { relname = '', schemaname, alias } = item.RangeVar;
      const isNamed = schemaname === undefined && named.has(relname);
      const key = this.model.keyOf(relname, schemaname);
      sources.push({
        alias: alias?.aliasname ?? relname,
        of: isNamed ? undefined : { relation: key },
        columns: alias?.colnames ? undefined : isNamed ? named.get(relname) : this.columnsOfRelation(key),
      });
    } else if ('JoinExpr' in item) this.join(item.JoinExpr, sources, scopes, named);
    else if ('RangeSubselect' in item) {
      const { alias, subquery, lateral } = item.RangeSubselect;
      this.visit(subquery, lateral ? [...scopes, [...sources]] : scopes, named);
      sources.push({ alias: alias?.aliasname ?? '', of: undefined, columns: targetNames(subquery, alias) });
    } else {
      this.visit(item, [...scopes, [...sources]], named);
      const alias = 'RangeFunction' in item ? item.RangeFunction.alias : undefined;
      sources.push({ ...UNTOLD, alias: alias?.aliasname ?? '' });
    }
  }

  private join(
    { larg, rarg, quals, alias }: JoinExpr,
    sources: Source[],
    scopes: readonly Scope[],
    named: NamedQueries,
  ): void {
    for (const side of [larg, rarg]) if (side) this.collect(side, sources, scopes, named);
    this.visit(quals, [...scopes, [...sources]], named);
    if (alias?.aliasname !== undefined) sources.push({ ...UNTOLD, alias: alias.aliasname });
  }

  private columnsOfRelation(key: string): ReadonlySet<string> | undefined {
    const view = this.model.views.get(key);
    return view ? targetNames(view.query) : columnsOf(this.model.tables.get(key));
  }

  private resolve(node: ColumnRef, scopes: readonly Scope[]): void {
    const names = textsOf(node.fields);
    const column = names.at(-1);
    // `t.*` and bare `*` name no column.
    if (column === undefined || names.length !== node.fields?.length) return;
    const qualifier = names.at(-2);
    const source =
      qualifier === undefined ? sourceByColumn(column, scopes) : sourceByAlias(qualifier, scopes);
    const own = scopes[0]?.[0]?.columns?.has(column) ?? false;
    const captured = qualifier === undefined && own && source !== undefined && source.of !== 'own';
    const missing =
      qualifier === undefined
        ? scopes.flat().every(candidate => !mayHave(candidate, column))
        : source?.columns !== undefined && !source.columns.has(column);
    const depth = scopes.length - 1;
    this.uses.push({ node, column, qualifier, depth, of: source?.of, source, captured, missing });
  }
}

const NO_QUERIES: NamedQueries = new Map();
const UNTOLD: Source = { alias: '', of: undefined, columns: undefined };

/** A relation's own name stands for its whole row. */
function mayHave({ alias, columns }: Source, column: string): boolean {
  return columns === undefined || columns.has(column) || alias === column;
}

function resultNames(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  walk(node, (type, fields) => {
    if (type === 'ResTarget' && typeof fields.name === 'string') names.add(fields.name);
  });
  return names;
}

function cteColumns({ ctequery, aliascolnames }: CommonTableExpr): ReadonlySet<string> | undefined {
  return targetNames(ctequery, aliascolnames && { colnames: aliascolnames });
}
