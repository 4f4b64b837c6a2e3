import type { Node, RangeVar } from '@pgsql/types';
import type { TableVerb } from '../flux/engine';
import { relationsOf, walk } from './ast';
import type { SchemaModel } from './model';
import type { Routine, Table } from './objects';

/** A table that a query reads or writes. */
export interface TableUse {
  readonly table: Table;
  readonly verb: TableVerb;
  /** Its name in the query. */
  readonly node: RangeVar;
}

const WRITES: Readonly<Record<string, TableVerb>> = {
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'update',
};

/** What a query does with relations; the target of a write stands in its tree without the name of its type. */
export function relationsUsed(query: Node): Omit<TableUse, 'table'>[] {
  const uses: Omit<TableUse, 'table'>[] = [];
  walk(query, (type, { relation }) => {
    const verb = WRITES[type];
    if (verb && relation) uses.push({ verb, node: relation });
  });
  return [...uses, ...relationsOf(query).map(node => ({ verb: 'select' as const, node }))];
}

/** What a query does with tables that the files speak of; views and what they read are left out. */
export function tablesUsed(query: Node, model: SchemaModel): TableUse[] {
  return relationsUsed(query).flatMap(use => {
    const table = model.tableNamed(use.node.relname ?? '', use.node.schemaname);
    return table ? { ...use, table } : [];
  });
}

/** What the text of a routine does with tables. */
export function tablesUsedBy({ statement }: Routine, model: SchemaModel): TableUse[] {
  return (statement.body?.queries ?? []).flatMap(query => tablesUsed(query, model));
}
