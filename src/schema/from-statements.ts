import type { DropStmt, Node, RangeVar, RenameStmt } from '@pgsql/types';
import { ANON, AUTHENTICATED, engineFacts, type Engine } from '../flux/engine';
import { isApiSchema } from '../flux/names';
import type { SourceFile, Statement } from '../sql/source-file';
import { textOf, textsOf } from './ast';
import { foldPolicy, alterPolicy } from './fold-policies';
import { foldDefaultPrivileges, foldGrant, foldRoleGrant } from './fold-privileges';
import { alterTable, foldTable, foldTableAs } from './fold-tables';
import { alterView, foldView } from './fold-views';
import { relationKey, SchemaModel } from './model';
import { Privileges, schemaObject } from './privileges';

export interface ModelOptions {
  readonly engine: Engine;
  /** The project's API schema, when a setting or a file names it. */
  readonly apiSchema?: string | undefined;
}

/** What a fold step may use: the model it changes and how names are read on this engine. */
export interface Fold {
  readonly model: SchemaModel;
  readonly engine: Engine;
  /** Schema of a relation; unqualified names land in the API schema. */
  schemaOf(relation: RangeVar | undefined): string;
  /** Model key of a relation. */
  keyOf(relation: RangeVar | undefined): string;
}

/** Folds the statements of a push, in push order, into the state PostgreSQL would be in after it. */
export function modelFromStatements(files: readonly SourceFile[], options: ModelOptions): SchemaModel {
  const statements = files.flatMap(file => file.statements);
  const exposed = exposedSchemas(statements, options.apiSchema);
  const apiSchema = options.apiSchema ?? (exposed.size === 1 ? [...exposed][0] : undefined);
  const model = new SchemaModel(options.engine, apiSchema, exposed, new Privileges());
  const fold = createFold(model, options.engine);
  grantPlatformDefaults(model, exposed, apiSchema);
  for (const statement of statements) foldStatement(fold, statement);
  return model;
}

function createFold(model: SchemaModel, engine: Engine): Fold {
  const schemaOf = (relation: RangeVar | undefined): string => relation?.schemaname ?? model.apiSchema ?? '';
  return {
    model,
    engine,
    schemaOf,
    keyOf: relation => relationKey(schemaOf(relation), relation?.relname ?? ''),
  };
}

/** The schema the settings name, else every API schema the files name. */
function exposedSchemas(statements: readonly Statement[], apiSchema: string | undefined): Set<string> {
  if (apiSchema !== undefined) return new Set([apiSchema]);
  const named = statements.flatMap(({ node }) => schemasNamedIn(node));
  return new Set(named.filter(isApiSchema));
}

/** Schemas before a dot, and those that GRANT and ALTER DEFAULT PRIVILEGES name alone. */
function schemasNamedIn(node: Node): string[] {
  const alone = 'GrantStmt' in node || 'AlterDefaultPrivilegesStmt' in node;
  const names: string[] = [];
  const read = (tree: unknown): void => {
    if (typeof tree !== 'object' || tree === null) return;
    const { schemaname, sval } = tree as { schemaname?: string; sval?: string };
    if (schemaname !== undefined) names.push(schemaname);
    if (alone && sval !== undefined) names.push(sval);
    for (const part of Object.values(tree)) read(part);
  };
  read(node);
  return names;
}

function grantPlatformDefaults(
  model: SchemaModel,
  exposed: ReadonlySet<string>,
  apiSchema: string | undefined,
): void {
  const schemas = new Set([...exposed, apiSchema ?? '']);
  for (const schema of schemas) {
    for (const [role, privileges] of Object.entries(engineFacts(model.engine).defaultTablePrivileges)) {
      model.privileges.setDefault({ schema, role, privileges, isGrant: true, origin: 'platform' });
    }
    for (const role of [AUTHENTICATED, ANON]) {
      model.privileges.grant(schemaObject(schema), role, ['usage'], 'platform');
    }
  }
}

function foldStatement(fold: Fold, statement: Statement): void {
  const { node } = statement;
  if ('CreateStmt' in node) foldTable(fold, statement, node.CreateStmt, 'table');
  else if ('CreateForeignTableStmt' in node) {
    const { base } = node.CreateForeignTableStmt;
    if (base) foldTable(fold, statement, base, 'foreign table');
  } else if ('CreateTableAsStmt' in node) foldTableAs(fold, statement, node.CreateTableAsStmt);
  else if ('AlterTableStmt' in node) {
    if (node.AlterTableStmt.objtype === 'OBJECT_VIEW') alterView(fold, statement, node.AlterTableStmt);
    else alterTable(fold, statement, node.AlterTableStmt);
  } else if ('ViewStmt' in node) foldView(fold, statement, node.ViewStmt);
  else if ('CreatePolicyStmt' in node) foldPolicy(fold, statement, node.CreatePolicyStmt);
  else if ('AlterPolicyStmt' in node) alterPolicy(fold, statement, node.AlterPolicyStmt);
  else if ('GrantStmt' in node) foldGrant(fold, statement, node.GrantStmt);
  else if ('GrantRoleStmt' in node) foldRoleGrant(fold, node.GrantRoleStmt);
  else if ('AlterDefaultPrivilegesStmt' in node) {
    foldDefaultPrivileges(fold, statement, node.AlterDefaultPrivilegesStmt);
  } else if ('CreateRoleStmt' in node) fold.model.createdRoles.add(node.CreateRoleStmt.role ?? '');
  else if ('CreateSchemaStmt' in node) {
    fold.model.createdSchemas.set(node.CreateSchemaStmt.schemaname ?? '', statement);
  } else if ('DropStmt' in node) drop(fold, node.DropStmt);
  else if ('RenameStmt' in node) rename(fold, node.RenameStmt);
}

function drop(fold: Fold, stmt: DropStmt): void {
  const { model } = fold;
  for (const object of stmt.objects ?? []) {
    const names = 'List' in object ? textsOf(object.List.items) : [textOf(object) ?? ''];
    if (stmt.removeType === 'OBJECT_POLICY') {
      const policy = names.at(-1);
      const table = model.tables.get(keyOfNames(fold, names.slice(0, -1)));
      if (table) table.policies = table.policies.filter(({ name }) => name !== policy);
    } else if (stmt.removeType === 'OBJECT_SCHEMA') {
      for (const [key, { schema }] of model.tables) if (schema === names[0]) model.tables.delete(key);
      for (const [key, { schema }] of model.views) if (schema === names[0]) model.views.delete(key);
    } else {
      const key = keyOfNames(fold, names);
      model.tables.delete(key);
      model.views.delete(key);
      model.privileges.drop(key);
    }
  }
}

function rename(fold: Fold, stmt: RenameStmt): void {
  const { model } = fold;
  const newName = stmt.newname ?? '';
  const key = fold.keyOf(stmt.relation);
  const table = model.tables.get(key);
  if (!table) return;
  if (stmt.renameType === 'OBJECT_TABLE') {
    const renamed = relationKey(table.schema, newName);
    table.written = table.written.slice(0, table.written.length - lastPart(table.written).length) + newName;
    table.name = newName;
    model.tables.delete(key);
    model.tables.set(renamed, table);
    model.privileges.rename(key, renamed);
  } else if (stmt.renameType === 'OBJECT_POLICY') {
    table.policies = table.policies.map(policy =>
      policy.name === stmt.subname ? { ...policy, name: newName } : policy,
    );
  } else if (stmt.renameType === 'OBJECT_COLUMN') {
    const column = table.columns.get(stmt.subname ?? '');
    if (!column) return;
    table.columns.delete(column.name);
    table.columns.set(newName, { ...column, name: newName });
  }
}

/** The last part of a dotted name as written. */
function lastPart(written: string): string {
  return /(?:"(?:[^"]|"")*"|[^."]*)$/.exec(written)?.[0] ?? '';
}

function keyOfNames(fold: Fold, names: readonly string[]): string {
  const schemaname = names.at(-2);
  return fold.keyOf({ relname: names.at(-1) ?? '', ...(schemaname !== undefined && { schemaname }) });
}
