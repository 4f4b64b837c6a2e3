import type { ColumnRef, Node, SelectStmt } from '@pgsql/types';
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
  /** An unqualified name that the subquery took, although the policy's table has a column of that name, too. */
  readonly captured: boolean;
  /** The files tell every column that it could mean, and none has the name. */
  readonly missing: boolean;
}

interface Source {
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
  const base: Scope = [{ alias: table.name, of: 'own', columns: columnsOf(table) }];
  new Resolver(model, uses).visit(node, [base]);
  if (!uses.some(({ missing }) => missing)) return uses;
  // ORDER BY and GROUP BY also know the names that a query gives its results.
  const results = resultNames(node);
  return uses.map(use => (use.missing && results.has(use.column) ? { ...use, missing: false } : use));
}

/** Column names of a table the push makes, PostgreSQL's hidden ones included. */
function columnsOf(table: Table | undefined): ReadonlySet<string> | undefined {
  // CREATE TABLE AS and tables made elsewhere have columns that the files do not tell.
  if (!table?.columnsKnown) return undefined;
  return new Set([...table.columns.keys(), 'ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax']);
}

class Resolver {
  constructor(
    private readonly model: SchemaModel,
    private readonly uses: ColumnUse[],
  ) {}

  /** `scopes` go from the policy's table to the innermost query. */
  visit(tree: unknown, scopes: readonly Scope[], ctes: ReadonlySet<string> = NO_NAMES): void {
    if (Array.isArray(tree)) {
      for (const part of tree) this.visit(part, scopes, ctes);
      return;
    }
    if (typeof tree !== 'object' || tree === null) return;
    for (const [key, value] of Object.entries(tree)) {
      if (key === 'ColumnRef') this.resolve(value as ColumnRef, scopes);
      else if (key === 'SelectStmt') this.query(value as SelectStmt, scopes, ctes);
      else this.visit(value, scopes, ctes);
    }
  }

  private query(select: SelectStmt, scopes: readonly Scope[], outer: ReadonlySet<string>): void {
    const own = (select.withClause?.ctes ?? []).flatMap(cte =>
      'CommonTableExpr' in cte ? (cte.CommonTableExpr.ctename ?? []) : [],
    );
    const ctes = own.length > 0 ? new Set([...outer, ...own]) : outer;
    // The parts of a UNION are queries of their own.
    for (const part of [select.larg, select.rarg]) if (part) this.query(part, scopes, ctes);
    const sources: Source[] = [];
    for (const item of select.fromClause ?? []) this.collect(item, sources, ctes);
    // ORDER BY over a UNION names the results of its parts.
    if (select.larg) sources.push(UNTOLD);
    const { larg: _left, rarg: _right, ...parts } = select;
    this.visit(parts, [...scopes, sources], ctes);
  }

  private collect(item: Node, sources: Source[], ctes: ReadonlySet<string>): void {
    if ('RangeVar' in item) {
      const { relname = '', schemaname, alias } = item.RangeVar;
      const isCte = schemaname === undefined && ctes.has(relname);
      const key = this.model.keyOf(relname, schemaname);
      sources.push({
        alias: alias?.aliasname ?? relname,
        of: isCte ? undefined : { relation: key },
        columns: isCte || alias?.colnames ? undefined : columnsOf(this.model.tables.get(key)),
      });
    } else if ('JoinExpr' in item) {
      for (const side of [item.JoinExpr.larg, item.JoinExpr.rarg])
        if (side) this.collect(side, sources, ctes);
      const alias = item.JoinExpr.alias?.aliasname;
      if (alias !== undefined) sources.push({ ...UNTOLD, alias });
    } else if ('RangeSubselect' in item) {
      const { alias, subquery } = item.RangeSubselect;
      const columns = alias?.colnames ? undefined : targetNames(subquery);
      sources.push({ alias: alias?.aliasname ?? '', of: undefined, columns });
    } else if ('RangeFunction' in item) {
      sources.push({ ...UNTOLD, alias: item.RangeFunction.alias?.aliasname ?? '' });
    } else sources.push(UNTOLD);
  }

  private resolve(node: ColumnRef, scopes: readonly Scope[]): void {
    const names = textsOf(node.fields);
    const column = names.at(-1);
    // `t.*` and bare `*` name no column.
    if (column === undefined || names.length !== node.fields?.length) return;
    const qualifier = names.at(-2);
    const found = qualifier === undefined ? byColumn(column, scopes) : byAlias(qualifier, scopes);
    const own = scopes[0]?.[0]?.columns?.has(column) ?? false;
    const captured = qualifier === undefined && own && found !== undefined && found.of !== 'own';
    const missing =
      qualifier === undefined
        ? scopes.flat().every(source => !mayHave(source, column))
        : found?.columns !== undefined && !found.columns.has(column);
    this.uses.push({ node, column, qualifier, depth: scopes.length - 1, of: found?.of, captured, missing });
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
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

function byAlias(alias: string, scopes: readonly Scope[]): Source | undefined {
  for (const scope of [...scopes].reverse()) {
    const source = scope.find(candidate => candidate.alias === alias);
    if (source) return source;
  }
  return undefined;
}

/** Undefined as soon as a query on the way may have the name without the files telling. */
function byColumn(column: string, scopes: readonly Scope[]): Source | undefined {
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

/** Names of a subquery's result columns, as far as they are plain. */
function targetNames(query: Node | undefined): ReadonlySet<string> | undefined {
  if (!query || !('SelectStmt' in query)) return undefined;
  const names = new Set<string>();
  if (!query.SelectStmt.targetList) return undefined;
  for (const target of query.SelectStmt.targetList) {
    if (!('ResTarget' in target)) return undefined;
    const { name, val } = target.ResTarget;
    const column = val && 'ColumnRef' in val ? textsOf(val.ColumnRef.fields).at(-1) : undefined;
    if (val && 'ColumnRef' in val && textsOf(val.ColumnRef.fields).length !== val.ColumnRef.fields?.length)
      return undefined;
    const result = name ?? column;
    // A call or a cast gives its result a name of its own.
    if (result === undefined) return undefined;
    names.add(result);
  }
  return names;
}
