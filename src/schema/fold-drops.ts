import type { AlterObjectSchemaStmt, DropStmt, Node, RenameStmt } from '@pgsql/types';
import type { Statement } from '../sql/source-file';
import { textOf, textsOf } from './ast';
import { routineObject, routinesNamed } from './fold-routines';
import type { Fold } from './from-statements';
import { relationKey } from './model';
import { renameColumn, renameTable } from './renames';

/** DROP of anything the model holds. */
export function foldDrop(fold: Fold, statement: Statement, stmt: DropStmt): void {
  for (const object of stmt.objects ?? []) {
    const names = 'List' in object ? textsOf(object.List.items) : [textOf(object) ?? ''];
    switch (stmt.removeType) {
      case 'OBJECT_POLICY':
        dropPolicy(fold, statement, names);
        break;
      case 'OBJECT_SCHEMA':
        dropSchema(fold, statement, names[0] ?? '');
        break;
      case 'OBJECT_TABLE':
      case 'OBJECT_VIEW':
      case 'OBJECT_MATVIEW':
      case 'OBJECT_FOREIGN_TABLE':
        dropRelation(fold, statement, keyOfNames(fold, names));
        break;
      case 'OBJECT_FUNCTION':
      case 'OBJECT_PROCEDURE':
      case 'OBJECT_ROUTINE':
        dropRoutine(fold, object);
        break;
      case 'OBJECT_TRIGGER':
        dropTrigger(fold, names);
        break;
      case 'OBJECT_INDEX':
        dropIndex(fold, names.at(-1) ?? '');
        break;
      case 'OBJECT_TYPE':
        fold.model.enums.delete(keyOfNames(fold, names));
        break;
      default:
        break;
    }
  }
}

/** ALTER … RENAME of tables, views, columns and policies. */
export function foldRename(fold: Fold, statement: Statement, stmt: RenameStmt): void {
  const { model } = fold;
  const newName = stmt.newname ?? '';
  const newWritten = lastWord(statement);
  const key = fold.keyOf(stmt.relation);
  const table = model.tables.get(key);
  const view = model.views.get(key);
  if (view && (stmt.renameType === 'OBJECT_VIEW' || stmt.renameType === 'OBJECT_MATVIEW')) {
    const renamed = relationKey(view.schema, newName);
    model.views.delete(key);
    model.views.set(renamed, { ...view, name: newName, written: renameLast(view.written, newWritten) });
    model.privileges.rename(key, renamed);
  }
  if (!table) return;
  if (stmt.renameType === 'OBJECT_TABLE') {
    table.written = renameLast(table.written, newWritten);
    table.namedBy = statement;
    renameTable(model, table, newName);
  } else if (stmt.renameType === 'OBJECT_POLICY') {
    table.policies = table.policies.map(policy =>
      policy.name === stmt.subname ? { ...policy, name: newName } : policy,
    );
  } else if (stmt.renameType === 'OBJECT_COLUMN') {
    const from = stmt.subname ?? '';
    if (!table.columns.has(from)) return;
    renameColumn(model, table, from, newName);
    model.history.push({ kind: 'column-renamed', table, from, to: newName, statement });
  }
}

/** ALTER TABLE … SET SCHEMA: the table keeps its privileges, and requests may lose or gain sight of it. */
export function foldSetSchema(fold: Fold, statement: Statement, stmt: AlterObjectSchemaStmt): void {
  const table = fold.model.tables.get(fold.keyOf(stmt.relation));
  if (!table || stmt.objectType !== 'OBJECT_TABLE') return;
  const schema = stmt.newschema ?? '';
  table.written = `${lastWord(statement)}.${lastPart(table.written)}`;
  table.namedBy = statement;
  renameTable(fold.model, table, table.name, schema);
}

function dropPolicy(fold: Fold, statement: Statement, names: readonly string[]): void {
  const table = fold.model.tables.get(keyOfNames(fold, names.slice(0, -1)));
  const policy = table?.policies.find(({ name }) => name === names.at(-1));
  if (!table || !policy) return;
  table.policies = table.policies.filter(other => other !== policy);
  fold.model.history.push({ kind: 'policy-dropped', policy, statement });
}

function dropSchema(fold: Fold, statement: Statement, schema: string): void {
  const { model } = fold;
  for (const [key, table] of model.tables) if (table.schema === schema) dropRelation(fold, statement, key);
  for (const [key, view] of model.views) if (view.schema === schema) dropRelation(fold, statement, key);
  for (const [key, [routine]] of model.routines) if (routine?.schema === schema) model.routines.delete(key);
}

function dropRelation(fold: Fold, statement: Statement, key: string): void {
  const { model } = fold;
  const table = model.tables.get(key);
  if (table) model.history.push({ kind: 'table-dropped', table, statement });
  model.tables.delete(key);
  model.views.delete(key);
  model.privileges.drop(key);
  removeWhere(model.triggers, trigger => trigger.table === key);
}

function dropRoutine(fold: Fold, object: Node): void {
  if (!('ObjectWithArgs' in object)) return;
  const gone = new Set(routinesNamed(fold, object.ObjectWithArgs));
  for (const [key, routines] of fold.model.routines) {
    const left = routines.filter(routine => !gone.has(routine));
    if (left.length === routines.length) continue;
    if (left.length > 0) fold.model.routines.set(key, left);
    else {
      fold.model.routines.delete(key);
      fold.model.privileges.drop(routineObject(key));
    }
  }
}

function dropTrigger(fold: Fold, names: readonly string[]): void {
  const table = keyOfNames(fold, names.slice(0, -1));
  removeWhere(fold.model.triggers, trigger => trigger.table === table && trigger.name === names.at(-1));
}

function dropIndex(fold: Fold, name: string): void {
  for (const table of fold.model.tables.values()) removeWhere(table.indexes, index => index.name === name);
}

function removeWhere<T>(list: T[], isGone: (item: T) => boolean): void {
  const left = list.filter(item => !isGone(item));
  list.splice(0, list.length, ...left);
}

/** The last part of a dotted name as written. */
function lastPart(written: string): string {
  return /(?:"(?:[^"]|"")*"|[^."]*)$/.exec(written)?.[0] ?? '';
}

function renameLast(written: string, name: string): string {
  return written.slice(0, written.length - lastPart(written).length) + name;
}

/** RENAME TO and SET SCHEMA end with the new name; as written, with its quotes. */
function lastWord(statement: Statement): string {
  return statement.textOf(statement.tokenSpan(statement.tokens.length - 1));
}

function keyOfNames(fold: Fold, names: readonly string[]): string {
  return fold.model.keyOf(names.at(-1) ?? '', names.at(-2));
}
