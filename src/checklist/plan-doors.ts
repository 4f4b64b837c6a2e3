import type { Node, SelectStmt } from '@pgsql/types';
import { AUTHENTICATED } from '../flux/engine';
import { textsOf } from '../schema/ast';
import { routineObject } from '../schema/fold-routines';
import { relationKey, type Routine, type SchemaModel, type Table, type View } from '../schema/model';
import type { PlannedDoor } from './table-plan';

/** A column of a query's result, and the column of a table that it shows as it is. */
interface Output {
  readonly name: string;
  readonly from?: { readonly relation: string; readonly column: string };
}

/** Finds the views and functions through which requests read a table's rows and see whose they are. */
export class DoorReader {
  readonly #views = new Map<View, readonly Output[]>();

  constructor(private readonly model: SchemaModel) {}

  /** A materialized view counts: it shows what it held when it was refreshed last. */
  viewsOf(table: Table, link: string): PlannedDoor[] {
    const { model } = this;
    return [...model.views].flatMap(([key, view]) => {
      const isRead =
        this.#isServed(view.schema) && model.privileges.origin(key, AUTHENTICATED, 'select') !== undefined;
      const column = isRead ? this.#columnShowing(this.#outputsOfView(view), table, link) : undefined;
      return column === undefined ? [] : [{ name: view.name, column }];
    });
  }

  functionsOf(table: Table, link: string): PlannedDoor[] {
    const { model } = this;
    return [...model.routines].flatMap(([key, routines]) => {
      const [routine] = routines;
      // Which of several overloads a call without arguments means is not for the plan to say.
      if (!routine || routines.length > 1 || !isReadable(routine) || !this.#isServed(routine.schema))
        return [];
      if (model.privileges.origin(routineObject(key), AUTHENTICATED, 'execute') === undefined) return [];
      const column = this.#columnShowing(this.#outputsOfRoutine(routine), table, link);
      return column === undefined ? [] : [{ name: routine.name, column }];
    });
  }

  #isServed(schema: string): boolean {
    const own = this.model.ownSchema;
    return this.model.isExposed(schema) && (own === undefined || schema === '' || schema === own);
  }

  #columnShowing(outputs: readonly Output[], { schema, name }: Table, link: string): string | undefined {
    const key = relationKey(schema, name);
    return outputs.find(({ from }) => from?.relation === key && from.column === link)?.name;
  }

  #outputsOfRoutine({ returns, arguments: all, statement, schema }: Routine): readonly Output[] {
    const named = all.filter(({ isInput }) => !isInput).map(({ name = '' }) => name);
    if (named.length === 0) return this.#outputsOfRelation(this.model.keyOf(returns?.type ?? '', schema));
    for (const query of statement.body?.queries ?? []) {
      const outputs = 'SelectStmt' in query ? this.#outputsOf(query.SelectStmt, new Map()) : [];
      if (outputs.length === named.length) return renamed(outputs, named);
    }
    return [];
  }

  #outputsOfView(view: View): readonly Output[] {
    const known = this.#views.get(view);
    if (known) return known;
    this.#views.set(view, []);
    const { node } = view.statement;
    const outputs =
      view.query && 'SelectStmt' in view.query ? this.#outputsOf(view.query.SelectStmt, new Map()) : [];
    const result = renamed(outputs, 'ViewStmt' in node ? textsOf(node.ViewStmt.aliases) : []);
    this.#views.set(view, result);
    return result;
  }

  /** The columns of a table, or those behind a view. */
  #outputsOfRelation(key: string): readonly Output[] {
    const table = this.model.tables.get(key);
    if (table)
      return [...table.columns.keys()].map(name => ({ name, from: { relation: key, column: name } }));
    const view = this.model.views.get(key);
    return view ? this.#outputsOfView(view) : [];
  }

  #outputsOf(query: SelectStmt, outer: ReadonlyMap<string, SelectStmt>): Output[] {
    const named = new Map(outer);
    for (const cte of query.withClause?.ctes ?? []) {
      const inner = 'CommonTableExpr' in cte ? cte.CommonTableExpr : undefined;
      if (inner?.ctequery && 'SelectStmt' in inner.ctequery)
        named.set(inner.ctename ?? '', inner.ctequery.SelectStmt);
    }
    if (query.larg && query.rarg) {
      const right = this.#outputsOf(query.rarg, named);
      return this.#outputsOf(query.larg, named).map((output, index) => {
        const from = output.from ?? right[index]?.from;
        return { name: output.name, ...(from && { from }) };
      });
    }
    const sources = (query.fromClause ?? []).flatMap(item => this.#sources(item, named));
    return (query.targetList ?? []).flatMap(target => {
      const { name, val } = 'ResTarget' in target ? target.ResTarget : {};
      if (!val || !('ColumnRef' in val)) return [{ name: name ?? '' }];
      const fields = textsOf(val.ColumnRef.fields);
      const isStar = val.ColumnRef.fields?.some(field => 'A_Star' in field) ?? false;
      const column = isStar ? undefined : fields.at(-1);
      const alias = isStar ? fields.at(-1) : fields.at(-2);
      const meant = sources.filter(source => alias === undefined || source.alias === alias);
      if (column === undefined) return meant.flatMap(({ outputs }) => outputs);
      const found = meant.flatMap(({ outputs }) => outputs).filter(output => output.name === column);
      const from = found.length === 1 ? found[0]?.from : undefined;
      return [{ name: name ?? column, ...(from && { from }) }];
    });
  }

  #sources(
    item: Node,
    named: ReadonlyMap<string, SelectStmt>,
  ): { readonly alias: string; readonly outputs: readonly Output[] }[] {
    if ('JoinExpr' in item) {
      const { larg, rarg } = item.JoinExpr;
      return [larg, rarg].flatMap(side => (side ? this.#sources(side, named) : []));
    }
    if ('RangeSubselect' in item) {
      const { subquery, alias } = item.RangeSubselect;
      const outputs = subquery && 'SelectStmt' in subquery ? this.#outputsOf(subquery.SelectStmt, named) : [];
      return [{ alias: alias?.aliasname ?? '', outputs }];
    }
    if (!('RangeVar' in item)) return [];
    const { relname = '', schemaname, alias } = item.RangeVar;
    const query = schemaname === undefined ? named.get(relname) : undefined;
    const outputs = query
      ? this.#outputsOf(query, new Map([...named].filter(([name]) => name !== relname)))
      : this.#outputsOfRelation(this.model.keyOf(relname, schemaname));
    return [{ alias: alias?.aliasname ?? relname, outputs }];
  }
}

/** Whether a GET without arguments calls it and may bring rows. */
function isReadable({ kind, volatility, arguments: all, returns }: Routine): boolean {
  return (
    kind === 'function' &&
    volatility !== 'volatile' &&
    returns?.setOf === true &&
    all.every(({ isInput, hasDefault }) => !isInput || hasDefault)
  );
}

function renamed(outputs: readonly Output[], names: readonly string[]): Output[] {
  return outputs.map((output, index) => ({ ...output, name: names[index] ?? output.name }));
}
