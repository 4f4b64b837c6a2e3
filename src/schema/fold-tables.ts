import type {
  AlterTableCmd,
  AlterTableStmt,
  CreateStmt,
  CreateTableAsStmt,
  IndexStmt,
  RangeVar,
  RoleSpec,
} from '@pgsql/types';
import type { Statement } from '../sql/source-file';
import { addColumn, addConstraint, changeGeneration, changeType } from './fold-columns';
import { roleName } from './fold-policies';
import type { Fold } from './from-statements';
import { foldView } from './fold-views';
import type { Column, Table } from './objects';
import { usesColumn } from './renames';

/** CREATE TABLE, PARTITION OF, INHERITS, LIKE and CREATE FOREIGN TABLE. */
export function foldTable(fold: Fold, statement: Statement, stmt: CreateStmt, kind: Table['kind']): void {
  const key = fold.keyOf(stmt.relation);
  const known = fold.model.tables.get(key);
  if (stmt.if_not_exists && known?.created) {
    const { at } = relationPlace(statement, stmt.relation);
    const lacking = (stmt.tableElts ?? []).flatMap(element => {
      const { colname: name, location } = 'ColumnDef' in element ? element.ColumnDef : {};
      if (name === undefined || known.columns.has(name)) return [];
      return { name, at: statement.tokenSpan(statement.tokenIndexAt(location ?? 0)) };
    });
    fold.model.history.push({ kind: 'table-kept', table: known, statement, at, lacking });
    return;
  }
  const table = addTable(fold, statement, stmt.relation, kind, stmt.partspec !== undefined);
  if (stmt.ofTypename) table.columnsKnown = false;
  for (const parent of stmt.inhRelations ?? []) {
    if (!('RangeVar' in parent)) continue;
    table.parents.push(fold.keyOf(parent.RangeVar));
    copyColumns(fold, parent.RangeVar, table, stmt.partbound ? COPY.everything : COPY.inherited);
  }
  for (const element of stmt.tableElts ?? []) {
    if ('ColumnDef' in element) addColumn(fold, statement, table, element.ColumnDef);
    else if ('Constraint' in element) addConstraint(fold, statement, table, element.Constraint);
    else if ('TableLikeClause' in element)
      copyColumns(fold, element.TableLikeClause.relation, table, element.TableLikeClause.options ?? 0);
  }
}

/** CREATE TABLE AS; a materialized view is a view that requests read like a table. */
export function foldTableAs(fold: Fold, statement: Statement, stmt: CreateTableAsStmt): void {
  const relation = stmt.into?.rel;
  if (!relation) return;
  if (stmt.objtype === 'OBJECT_MATVIEW') {
    foldView(fold, statement, { view: relation, ...(stmt.query && { query: stmt.query }) }, true);
  } else addTable(fold, statement, relation, 'table', false).columnsKnown = false;
}

export function alterTable(fold: Fold, statement: Statement, stmt: AlterTableStmt): void {
  const table = mentionTable(fold, statement, stmt.relation);
  for (const command of stmt.cmds ?? []) {
    if ('AlterTableCmd' in command) applyCommand(fold, statement, table, command.AlterTableCmd);
  }
}

export function foldIndex(fold: Fold, statement: Statement, stmt: IndexStmt): void {
  const table = mentionTable(fold, statement, stmt.relation);
  const columns = (stmt.indexParams ?? []).map(element =>
    'IndexElem' in element ? element.IndexElem.name : undefined,
  );
  const unique = stmt.unique ?? false;
  const partial = stmt.whereClause !== undefined;
  const concurrently = stmt.concurrent ?? false;
  table.indexes.push({ name: stmt.idxname, columns, unique, partial, concurrently, statement });
  const whole = columns.filter(column => column !== undefined);
  if (unique && !partial && whole.length === columns.length) {
    const { at } = relationPlace(statement, stmt.relation);
    table.uniqueKeys.push({ columns: whole, primary: false, statement, at });
  }
}

/** A table that a statement speaks of; made elsewhere when no file of the push makes it. */
export function mentionTable(fold: Fold, statement: Statement, relation: RangeVar | undefined): Table {
  const key = fold.keyOf(relation);
  const known = fold.model.tables.get(key);
  if (known) return known;
  const table: Table = {
    ...newTable(fold, statement, relation, 'table', false),
    created: undefined,
    namedBy: undefined,
    columnsKnown: false,
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
  partitioned: boolean,
): Table {
  const key = fold.keyOf(relation);
  const table = newTable(fold, statement, relation, kind, partitioned);
  fold.model.tables.set(key, table);
  fold.model.privileges.create(key, table.schema);
  return table;
}

function newTable(
  fold: Fold,
  statement: Statement,
  relation: RangeVar | undefined,
  kind: Table['kind'],
  partitioned: boolean,
): Table {
  return {
    kind,
    schema: fold.schemaOf(relation),
    name: relation?.relname ?? '',
    created: statement,
    namedBy: statement,
    ...relationPlace(statement, relation),
    temporary: relation?.relpersistence === 't',
    partitioned,
    parents: [],
    columns: new Map(),
    columnsKnown: true,
    policies: [],
    rowSecurity: false,
    switchedOff: undefined,
    forced: undefined,
    forcedBy: undefined,
    foreignKeys: [],
    uniqueKeys: [],
    indexes: [],
    checks: [],
    comment: undefined,
    exemptSince: undefined,
    owner: undefined,
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

// Bits of PostgreSQL's TableLikeOption (nodes/parsenodes.h): what INCLUDING copies besides names, types and NOT NULL.
const COPY = { defaults: 8, generated: 16 + 32, indexes: 64, inherited: 8 + 16, everything: ~0 } as const;

/** LIKE and INHERITS copy columns; row security and policies they never copy. */
function copyColumns(fold: Fold, from: RangeVar | undefined, to: Table, options: number): void {
  const known = fold.model.tables.get(fold.keyOf(from));
  if (!known?.columnsKnown) to.columnsKnown = false;
  if (!known) return;
  const copies = (what: number): boolean => (options & what) !== 0;
  for (const column of known.columns.values()) {
    to.columns.set(column.name, {
      ...column,
      primaryKey: column.primaryKey && copies(COPY.indexes),
      default: copies(COPY.defaults) ? column.default : undefined,
      generated: column.generated && copies(column.serial ? COPY.defaults : COPY.generated),
      alwaysGenerated: (column.alwaysGenerated ?? false) && copies(COPY.generated),
      serial: column.serial && copies(COPY.defaults),
      references: options === COPY.everything ? column.references : undefined,
    });
  }
  if (!copies(COPY.indexes)) return;
  to.uniqueKeys.push(...known.uniqueKeys);
  to.indexes.push(...known.indexes);
}

function applyCommand(fold: Fold, statement: Statement, table: Table, command: AlterTableCmd): void {
  const { model } = fold;
  const definition = command.def && 'ColumnDef' in command.def ? command.def.ColumnDef : undefined;
  const column = table.columns.get(command.name ?? '');
  const { at } = statement;
  switch (command.subtype) {
    case 'AT_EnableRowSecurity':
      table.rowSecurity = true;
      model.history.push({ kind: 'row-security-enabled', table, statement, at });
      break;
    case 'AT_DisableRowSecurity':
      table.rowSecurity = false;
      table.switchedOff = statement;
      model.history.push({ kind: 'row-security-disabled', table, statement, at });
      break;
    case 'AT_ForceRowSecurity':
    case 'AT_NoForceRowSecurity':
      table.forced = command.subtype === 'AT_ForceRowSecurity';
      table.forcedBy = statement;
      model.history.push({ kind: table.forced ? 'forced' : 'force-removed', table, statement, at });
      break;
    case 'AT_AddColumn':
      if (definition && !(command.missing_ok && table.columns.has(definition.colname ?? ''))) {
        addColumn(fold, statement, table, definition);
      }
      break;
    case 'AT_DropColumn':
      if (column) dropColumn(fold, statement, table, column, command.behavior === 'DROP_CASCADE');
      break;
    case 'AT_AlterColumnType':
      if (column && definition) changeType(statement, column, definition);
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
    case 'AT_AddIdentity':
    case 'AT_SetIdentity':
    case 'AT_DropIdentity':
    case 'AT_DropExpression':
      if (column) changeGeneration(column, command);
      break;
    case 'AT_AddConstraint':
      if (command.def && 'Constraint' in command.def)
        addConstraint(fold, statement, table, command.def.Constraint);
      break;
    case 'AT_ChangeOwner':
      if (command.newowner) table.owner = ownerNamed(statement, command.newowner);
      break;
    case 'AT_AttachPartition':
    case 'AT_DetachPartition':
      if (command.def && 'PartitionCmd' in command.def) {
        const child = mentionTable(fold, statement, command.def.PartitionCmd.name);
        setParent(child, fold.keyOfTable(table), command.subtype === 'AT_AttachPartition');
      }
      break;
    case 'AT_AddInherit':
    case 'AT_DropInherit':
      if (command.def && 'RangeVar' in command.def)
        setParent(table, fold.keyOf(command.def.RangeVar), command.subtype === 'AT_AddInherit');
      break;
    default:
      break;
  }
}

/** Keys and indexes go with a column; policies that speak of it only with CASCADE, else PostgreSQL refuses. */
function dropColumn(
  { model }: Fold,
  statement: Statement,
  table: Table,
  column: Column,
  cascade: boolean,
): void {
  const { name } = column;
  for (const policy of cascade ? model.policiesSoFar() : []) {
    if (!usesColumn(model, policy, table, name)) continue;
    policy.table.policies = policy.table.policies.filter(other => other !== policy);
    model.history.push({ kind: 'policy-dropped', policy, statement });
  }
  for (const list of [table.foreignKeys, table.uniqueKeys, table.indexes] as {
    columns: readonly (string | undefined)[];
  }[][])
    list.splice(0, list.length, ...list.filter(({ columns }) => !columns.includes(name)));
  model.history.push({ kind: 'column-dropped', table, column, statement });
  table.columns.delete(name);
}

function setParent(child: Table, parent: string, isChild: boolean): void {
  const others = child.parents.filter(key => key !== parent);
  child.parents.splice(0, child.parents.length, ...others, ...(isChild ? [parent] : []));
}

function ownerNamed(statement: Statement, role: RoleSpec): Table['owner'] {
  const at = statement.tokenSpan(statement.tokenIndexAt(role.location ?? 0));
  return { name: roleName(role), at, statement };
}
