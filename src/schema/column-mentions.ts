import type { Span, Statement } from '../sql/source-file';
import type { SchemaModel } from './model';
import type { Table } from './objects';

/** A column that a policy, an index or a grant names, and the tables that may have it; only where the files tell all columns. */
export interface ColumnMention {
  readonly tables: readonly Table[];
  readonly name: string;
  readonly statement: Statement;
  /** Where the name stands. */
  readonly at: () => Span;
  readonly isPolicy: boolean;
}

/** Every column that policies, indexes and column grants name. */
export function columnMentions(model: SchemaModel): ColumnMention[] {
  return [...inPolicies(model), ...inIndexes(model), ...inGrants(model)];
}

function inPolicies(model: SchemaModel): ColumnMention[] {
  return model.policies.flatMap(({ table: own, using, check }) =>
    [using, check].flatMap(predicate =>
      (predicate?.columns ?? []).flatMap(({ node, column, qualifier, of, missing }): ColumnMention[] => {
        // `notes.title` also calls a function title(notes).
        const isCall = missing && qualifier !== undefined && model.routines.has(model.keyOf(column));
        if (!predicate || isCall || HIDDEN.has(column) || (of === undefined && !missing)) return [];
        const { statement } = predicate;
        const last = statement.tokenIndexAt(node.location ?? 0) + 2 * ((node.fields?.length ?? 1) - 1);
        const named = of === 'own' ? own : of && model.tables.get(of.relation);
        if (of && !named) return [];
        const reachable = predicate.relations.map(({ relname = '', schemaname }) =>
          model.tableNamed(relname, schemaname),
        );
        const tables = named ? [named] : [own, ...reachable].flatMap(table => table ?? []);
        if (!tables.every(table => table.columnsKnown)) return [];
        return [{ tables, name: column, statement, at: () => statement.tokenSpan(last), isPolicy: true }];
      }),
    ),
  );
}

function inIndexes(model: SchemaModel): ColumnMention[] {
  return [...model.tables.values()].flatMap(table =>
    (table.columnsKnown ? table.indexes : []).flatMap(({ columns, statement }) =>
      columns.flatMap(name => (name === undefined ? [] : inList(table, name, statement))),
    ),
  );
}

function inGrants(model: SchemaModel): ColumnMention[] {
  return model.grants.flatMap(({ statement, target, privileges, objects }) => {
    const names = target === 'table' ? privileges.flatMap(({ columns }) => columns) : [];
    return (names.length > 0 ? objects : []).flatMap(key => {
      const table = model.tables.get(key);
      // The name stood for another table before this one got it.
      if (!table?.columnsKnown || !table.namedBy || model.orderOf(table.namedBy) > model.orderOf(statement))
        return [];
      return names.filter(name => !HIDDEN.has(name)).map(name => inList(table, name, statement));
    });
  });
}

const HIDDEN: ReadonlySet<string> = new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax']);

function inList(table: Table, name: string, statement: Statement): ColumnMention {
  return { tables: [table], name, statement, at: () => nameInList(statement, name), isPolicy: false };
}

/** Names in `index … (name, …)` and `grant update (name, …)` have no place of their own in the parse tree. */
function nameInList(statement: Statement, name: string): Span {
  const index = statement.tokens.findIndex(
    ({ value }, position) => value === name && '(,'.includes(statement.tokens[position - 1]?.value ?? ' '),
  );
  return statement.tokenSpan(Math.max(index, 0));
}
