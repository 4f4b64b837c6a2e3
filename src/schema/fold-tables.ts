import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateStmt,
  CreateTableAsStmt,
  RangeVar,
} from '@pgsql/types';
import type { Statement } from '../sql/source-file';
import { textsOf } from './ast';
import type { Fold } from './from-statements';
import { foldView } from './fold-views';
import type { Column, Table } from './model';
import { typeName } from './subject';

const SERIAL = /^(?:small|big)?serial[248]?$/;

/** CREATE TABLE, PARTITION OF, INHERITS, LIKE and CREATE FOREIGN TABLE. */
export function foldTable(fold: Fold, statement: Statement, stmt: CreateStmt, kind: Table['kind']): void {
  const key = fold.keyOf(stmt.relation);
  // `if not exists` leaves a table as it is.
  if (stmt.if_not_exists && fold.model.tables.get(key)?.created) return;
  const table = addTable(fold, statement, stmt.relation, kind);
  for (const parent of stmt.inhRelations ?? []) {
    if ('RangeVar' in parent) copyColumns(fold, parent.RangeVar, table);
  }
  for (const element of stmt.tableElts ?? []) {
    if ('ColumnDef' in element) addColumn(fold, statement, table, element.ColumnDef);
    else if ('Constraint' in element) addConstraint(fold, table, element.Constraint);
    else if ('TableLikeClause' in element) copyColumns(fold, element.TableLikeClause.relation, table);
  }
}

/** CREATE TABLE AS; a materialized view is a view that requests read like a table. */
export function foldTableAs(fold: Fold, statement: Statement, stmt: CreateTableAsStmt): void {
  const relation = stmt.into?.rel;
  if (!relation) return;
  if (stmt.objtype === 'OBJECT_MATVIEW') {
    foldView(fold, statement, { view: relation, ...(stmt.query && { query: stmt.query }) }, true);
  } else addTable(fold, statement, relation, 'table');
}

export function alterTable(fold: Fold, statement: Statement, stmt: AlterTableStmt): void {
  const table =
    fold.model.tables.get(fold.keyOf(stmt.relation)) ?? mentionTable(fold, statement, stmt.relation);
  for (const command of stmt.cmds ?? []) {
    if ('AlterTableCmd' in command) applyCommand(fold, statement, table, command.AlterTableCmd);
  }
}

/** A table that a statement speaks of; made elsewhere when no file of the push makes it. */
export function mentionTable(fold: Fold, statement: Statement, relation: RangeVar | undefined): Table {
  const key = fold.keyOf(relation);
  const known = fold.model.tables.get(key);
  if (known) return known;
  const table: Table = {
    ...newTable(fold, statement, relation, 'table'),
    created: undefined,
    rowSecurity: undefined,
  };
  fold.model.tables.set(key, table);
  return table;
}

function addTable(
  fold: Fold,
  statement: Statement,
  relation: RangeVar | undefined,
  kind: Table['kind'],
): Table {
  const key = fold.keyOf(relation);
  const table = newTable(fold, statement, relation, kind);
  fold.model.tables.set(key, table);
  fold.model.privileges.create(key, table.schema);
  return table;
}

function newTable(
  fold: Fold,
  statement: Statement,
  relation: RangeVar | undefined,
  kind: Table['kind'],
): Table {
  return {
    kind,
    schema: fold.schemaOf(relation),
    name: relation?.relname ?? '',
    created: statement,
    ...relationPlace(statement, relation),
    temporary: relation?.relpersistence === 't',
    columns: new Map(),
    policies: [],
    rowSecurity: false,
    switchedOff: undefined,
  };
}

/** A relation's name as written, and the range of its last part: `notes` of `t_5ecfa3ab72d1_api.notes`. */
export function relationPlace(
  statement: Statement,
  relation: RangeVar | undefined,
): Pick<Table, 'at' | 'written'> {
  const first = statement.tokenIndexAt(relation?.location ?? 0);
  const names = [relation?.catalogname, relation?.schemaname, relation?.relname].filter(
    name => name !== undefined,
  );
  const last = first + 2 * (names.length - 1);
  return { at: statement.tokenSpan(last), written: statement.textOf(statement.tokenSpan(first, last)) };
}

function addColumn(fold: Fold, statement: Statement, table: Table, definition: ColumnDef): void {
  const name = definition.colname ?? '';
  const type = columnType(definition);
  const typeAt = typeSpan(statement, definition);
  const column: Column = {
    name,
    at: statement.tokenSpan(statement.tokenIndexAt(definition.location ?? 0)),
    type,
    typeAt,
    constraintsAt: { ...typeAt, start: typeAt.end },
    notNull: SERIAL.test(type),
    primaryKey: false,
    default: undefined,
    generated: SERIAL.test(type),
    references: undefined,
  };
  table.columns.set(name, column);
  for (const constraint of definition.constraints ?? []) {
    if (!('Constraint' in constraint)) continue;
    const { contype, raw_expr: expression } = constraint.Constraint;
    if (contype === 'CONSTR_NOTNULL') column.notNull = true;
    else if (contype === 'CONSTR_DEFAULT' && expression) column.default = { node: expression, statement };
    else if (contype === 'CONSTR_IDENTITY') column.notNull = column.generated = true;
    else if (contype === 'CONSTR_GENERATED') column.generated = true;
    else addConstraint(fold, table, { ...constraint.Constraint, keys: [{ String: { sval: name } }] }, name);
  }
}

function columnType({ typeName: type }: ColumnDef): string {
  return `${typeName(type)}${type?.arrayBounds ? '[]' : ''}`;
}

/** Range of a type as written, with its dimensions and modifiers. */
function typeSpan(statement: Statement, definition: ColumnDef): Column['typeAt'] {
  const first = statement.tokenIndexAt(definition.typeName?.location ?? 0);
  let last = first;
  if (statement.tokens[last + 1]?.value === '.') last += 2;
  if (statement.tokens[last]?.value === 'character' && statement.tokens[last + 1]?.value === 'varying')
    last += 1;
  for (const [open, close] of [
    ['(', ')'],
    ['[', ']'],
  ] as const) {
    if (statement.tokens[last + 1]?.value !== open) continue;
    while (last + 1 < statement.tokens.length && statement.tokens[last]?.value !== close) last += 1;
  }
  return statement.tokenSpan(first, last);
}

function addConstraint(fold: Fold, table: Table, constraint: Constraint, ownColumn?: string): void {
  if (constraint.contype === 'CONSTR_PRIMARY') {
    for (const name of textsOf(constraint.keys)) {
      const column = table.columns.get(name);
      if (column) column.notNull = column.primaryKey = true;
    }
  } else if (constraint.contype === 'CONSTR_FOREIGN') {
    const names = ownColumn === undefined ? textsOf(constraint.fk_attrs) : [ownColumn];
    const targets = textsOf(constraint.pk_attrs);
    names.forEach((name, index) => {
      const column = table.columns.get(name);
      if (column) column.references = { table: fold.keyOf(constraint.pktable), column: targets[index] };
    });
  }
}

/** LIKE and INHERITS copy columns; row security and policies they never copy. */
function copyColumns(fold: Fold, from: RangeVar | undefined, to: Table): void {
  for (const column of fold.model.tables.get(fold.keyOf(from))?.columns.values() ?? []) {
    to.columns.set(column.name, { ...column });
  }
}

function applyCommand(fold: Fold, statement: Statement, table: Table, command: AlterTableCmd): void {
  const definition = command.def && 'ColumnDef' in command.def ? command.def.ColumnDef : undefined;
  const column = table.columns.get(command.name ?? '');
  switch (command.subtype) {
    case 'AT_EnableRowSecurity':
      table.rowSecurity = true;
      break;
    case 'AT_DisableRowSecurity':
      table.rowSecurity = false;
      table.switchedOff = statement;
      break;
    case 'AT_AddColumn':
      if (definition && !(command.missing_ok && table.columns.has(definition.colname ?? ''))) {
        addColumn(fold, statement, table, definition);
      }
      break;
    case 'AT_DropColumn':
      table.columns.delete(command.name ?? '');
      break;
    case 'AT_AlterColumnType':
      if (column && definition) {
        column.type = columnType(definition);
        column.typeAt = typeSpan(statement, definition);
      }
      break;
    case 'AT_SetNotNull':
      if (column) column.notNull = true;
      break;
    case 'AT_DropNotNull':
      if (column) column.notNull = false;
      break;
    case 'AT_ColumnDefault':
      if (column) column.default = command.def && { node: command.def, statement };
      break;
    case 'AT_AddConstraint':
      if (command.def && 'Constraint' in command.def) addConstraint(fold, table, command.def.Constraint);
      break;
    default:
      break;
  }
}
