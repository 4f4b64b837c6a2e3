import type { SchemaModel } from './model';
import type { Table } from './objects';
import type { Span, Statement } from '../sql/source-file';

/** Whether a table had a column when a statement ran. */
export type ColumnThen =
  | { readonly kind: 'there' | 'missing' }
  /** A later statement adds it there, or drops it. */
  | { readonly kind: 'later' | 'dropped'; readonly at: Span };

/** Looks a column up as it was at a statement; ask only where {@link Table.columnsKnown}. */
export function columnThen(model: SchemaModel, table: Table, name: string, then: Statement): ColumnThen {
  const isLater = (statement: Statement): boolean => model.orderOf(statement) > model.orderOf(then);
  const column = table.columns.get(name);
  if (column) return isLater(column.statement) ? { kind: 'later', at: column.at } : { kind: 'there' };
  for (const entry of model.history) {
    if (entry.kind === 'column-renamed' && entry.table === table && entry.from === name) {
      if (isLater(entry.statement)) return { kind: 'there' };
    } else if (entry.kind === 'column-dropped' && entry.table === table && entry.column.name === name) {
      if (isLater(entry.statement)) return { kind: 'dropped', at: entry.statement.at };
    }
  }
  return { kind: 'missing' };
}
