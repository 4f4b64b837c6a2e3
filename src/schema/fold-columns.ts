import type { AlterTableCmd, ColumnDef, Constraint, Node, TypeName } from '@pgsql/types';
import type { Statement } from '../sql/source-file';
import { textsOf } from './ast';
import { relationPlace } from './fold-tables';
import type { Fold } from './from-statements';
import { relationKey } from './model';
import type { Column, Table } from './objects';
import { sequenceObject } from './privileges';
import { typeName } from './subject';

/** PostgreSQL's ATTRIBUTE_IDENTITY_ALWAYS (catalog/pg_attribute.h). */
const GENERATED_ALWAYS = 'a';

const SERIAL = /^(?:small|big)?serial[248]?$/;

/** A column as CREATE TABLE or ADD COLUMN defines it, with its own constraints. */
export function addColumn(fold: Fold, statement: Statement, table: Table, definition: ColumnDef): void {
  const name = definition.colname ?? '';
  const type = columnType(definition);
  const typeAt = typeSpan(statement, definition);
  const isSerial = SERIAL.test(type);
  const column: Column = {
    name,
    at: statement.tokenSpan(statement.tokenIndexAt(definition.location ?? 0)),
    statement,
    type,
    typeModifiers: typeModifiers(definition.typeName),
    typeAt,
    constraintsAt: { ...typeAt, start: typeAt.end },
    notNull: isSerial,
    primaryKey: false,
    default: undefined,
    generated: isSerial,
    serial: isSerial,
    references: undefined,
  };
  table.columns.set(name, column);
  if (isSerial) addSequence(fold, table.schema, `${table.name}_${name}_seq`);
  for (const constraint of definition.constraints ?? []) {
    if (!('Constraint' in constraint)) continue;
    const { contype, raw_expr: expression, generated_when: when } = constraint.Constraint;
    if (contype === 'CONSTR_NOTNULL') column.notNull = true;
    else if (contype === 'CONSTR_DEFAULT' && expression) column.default = { node: expression, statement };
    else if (contype === 'CONSTR_IDENTITY') {
      column.notNull = column.generated = true;
      column.alwaysGenerated = when === GENERATED_ALWAYS;
    } else if (contype === 'CONSTR_GENERATED') column.generated = column.alwaysGenerated = true;
    else addConstraint(fold, statement, table, constraint.Constraint, name);
  }
}

/** CREATE SEQUENCE, or the one that comes with a serial column. */
export function addSequence({ model }: Fold, schema: string, name: string): void {
  const key = relationKey(schema, name);
  model.sequences.set(key, schema);
  model.privileges.create(sequenceObject(key), schema, 'sequence');
}

/** `alter column … type …`. */
export function changeType(statement: Statement, column: Column, definition: ColumnDef): void {
  column.type = columnType(definition);
  column.typeModifiers = typeModifiers(definition.typeName);
  column.typeAt = typeSpan(statement, definition);
}

/** `alter column … add generated …`, `set generated …`, `drop identity` and `drop expression`. */
export function changeGeneration(column: Column, { subtype, def }: AlterTableCmd): void {
  column.generated = subtype === 'AT_AddIdentity' || subtype === 'AT_SetIdentity';
  column.alwaysGenerated = false;
  if (def && 'Constraint' in def) column.alwaysGenerated = def.Constraint.generated_when === GENERATED_ALWAYS;
  for (const item of def && 'List' in def ? (def.List.items ?? []) : []) {
    const when = 'DefElem' in item && item.DefElem.defname === 'generated' ? item.DefElem.arg : undefined;
    if (when && 'Integer' in when)
      column.alwaysGenerated = when.Integer.ival === GENERATED_ALWAYS.charCodeAt(0);
  }
}

/** A table constraint, or a column's own one with the column's name. */
export function addConstraint(
  fold: Fold,
  statement: Statement,
  table: Table,
  constraint: Constraint,
  ownColumn?: string,
): void {
  const at = statement.tokenSpan(Math.max(0, statement.tokenIndexAt(constraint.location ?? 0)));
  const keys = ownColumn === undefined ? textsOf(constraint.keys) : [ownColumn];
  switch (constraint.contype) {
    case 'CONSTR_PRIMARY':
      for (const name of keys) {
        const column = table.columns.get(name);
        if (column) column.notNull = column.primaryKey = true;
      }
      table.uniqueKeys.push({ columns: keys, primary: true, statement, at });
      break;
    case 'CONSTR_UNIQUE':
      table.uniqueKeys.push({ columns: keys, primary: false, statement, at });
      break;
    case 'CONSTR_CHECK':
      if (constraint.raw_expr) table.checks.push({ node: constraint.raw_expr, statement });
      break;
    case 'CONSTR_FOREIGN':
      addForeignKey(fold, statement, table, constraint, ownColumn);
      break;
    default:
      break;
  }
}

function addForeignKey(
  fold: Fold,
  statement: Statement,
  table: Table,
  constraint: Constraint,
  ownColumn: string | undefined,
): void {
  const columns = ownColumn === undefined ? textsOf(constraint.fk_attrs) : [ownColumn];
  const targets = textsOf(constraint.pk_attrs);
  const target = fold.keyOf(constraint.pktable);
  columns.forEach((name, index) => {
    const column = table.columns.get(name);
    if (column) column.references = { table: target, column: targets[index] };
  });
  const { at } = relationPlace(statement, constraint.pktable);
  table.foreignKeys.push({ columns, table: target, targets, at, statement });
}

function columnType({ typeName: type }: ColumnDef): string {
  return `${typeName(type)}${type?.arrayBounds ? '[]' : ''}`;
}

function typeModifiers(type: TypeName | undefined): number[] {
  return (type?.typmods ?? []).flatMap((node: Node) =>
    'A_Const' in node && node.A_Const.ival ? [node.A_Const.ival.ival ?? 0] : [],
  );
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
