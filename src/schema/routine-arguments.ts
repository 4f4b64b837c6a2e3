import type { InsertStmt, Node } from '@pgsql/types';
import { textsOf } from './ast';
import type { Routine } from './objects';

/** Whether an expression in a routine's body is one of its arguments: by name, as `routine.name`, or as `$1`. */
export function isArgument(node: Node, routine: Routine, isColumn: (name: string) => boolean): boolean {
  if ('TypeCast' in node)
    return node.TypeCast.arg !== undefined && isArgument(node.TypeCast.arg, routine, isColumn);
  const inputs = routine.arguments.filter(({ isInput }) => isInput);
  if ('ParamRef' in node) return (node.ParamRef.number ?? 0) <= inputs.length;
  if (!('ColumnRef' in node)) return false;
  const [first = '', second, ...more] = textsOf(node.ColumnRef.fields);
  if (more.length > 0 || (second !== undefined && first !== routine.name)) return false;
  // A column of that name goes before the argument.
  if (second === undefined && isColumn(first)) return false;
  return inputs.some(({ name }) => name === (second ?? first));
}

/** Columns that an INSERT names, each with a value it is given. */
export function insertedValues({ cols, selectStmt }: InsertStmt): [column: string, value: Node][] {
  if (!selectStmt || !('SelectStmt' in selectStmt)) return [];
  const columns = (cols ?? []).map(node => ('ResTarget' in node ? node.ResTarget.name : undefined));
  const { valuesLists, targetList } = selectStmt.SelectStmt;
  const rows = valuesLists
    ? valuesLists.map(row => ('List' in row ? (row.List.items ?? []) : []))
    : [(targetList ?? []).map(node => ('ResTarget' in node ? node.ResTarget.val : undefined))];
  return rows.flatMap(row =>
    columns.flatMap((column, index): [string, Node][] => {
      const value = row[index];
      return column !== undefined && value ? [[column, value]] : [];
    }),
  );
}
