import type { AlterEnumStmt, CommentStmt, CreateEnumStmt, Node, RangeVar } from '@pgsql/types';
import { ANON, AUTHENTICATED, engineFacts, type Engine } from '../flux/engine';
import { isApiSchema } from '../flux/names';
import type { SourceFile, Statement } from '../sql/source-file';
import { textsOf } from './ast';
import { addSequence } from './fold-columns';
import { foldDrop, foldRename, foldSetSchema } from './fold-drops';
import { foldPolicy, alterPolicy } from './fold-policies';
import { foldDefaultPrivileges, foldGrant, foldRoleGrant } from './fold-privileges';
import { alterRoutine, foldRoutine, foldTrigger } from './fold-routines';
import { alterTable, foldIndex, foldTable, foldTableAs } from './fold-tables';
import { alterView, foldView } from './fold-views';
import { isExemptFromForce, relationKey, SchemaModel, type Table } from './model';
import { Privileges, PUBLIC, schemaObject } from './privileges';

export interface ModelOptions {
  readonly engine: Engine;
  /** The project's API schema, when a setting or a file names it. */
  readonly apiSchema?: string | undefined;
  /** The schemas that PostgREST serves, where more than the given files tells. */
  readonly exposed?: ReadonlySet<string>;
}

/** What a fold step may use: the model it changes and how names are read on this engine. */
export interface Fold {
  readonly model: SchemaModel;
  readonly engine: Engine;
  /** Schema of a relation; unqualified names land in the API schema. */
  schemaOf(relation: RangeVar | undefined): string;
  /** Model key of a relation. */
  keyOf(relation: RangeVar | undefined): string;
  /** Model key of a table that is there. */
  keyOfTable(table: Table): string;
}

/** Folds the statements of a push, in push order, into the state PostgreSQL would be in after it. */
export function modelFromStatements(files: readonly SourceFile[], options: ModelOptions): SchemaModel {
  const statements = files.flatMap(file => file.statements);
  const exposed = options.exposed ?? exposedSchemas(statements, options.apiSchema);
  const apiSchema = options.apiSchema ?? (exposed.size === 1 ? [...exposed][0] : undefined);
  const model = new SchemaModel(
    options.engine,
    apiSchema,
    exposed,
    new Privileges(),
    statements,
    options.apiSchema,
  );
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
    keyOfTable: ({ schema, name }) => relationKey(schema, name),
  };
}

/** The schema the settings name, else every API schema the files name. */
export function exposedSchemas(
  statements: readonly Statement[],
  apiSchema: string | undefined,
): ReadonlySet<string> {
  if (apiSchema !== undefined) return new Set([apiSchema]);
  const exposed = new Set<string>();
  for (const { node } of statements) for (const schema of schemasNamedIn(node)) exposed.add(schema);
  return exposed;
}

const SCHEMAS = new WeakMap<Node, readonly string[]>();

/** API schemas before a dot, and those that GRANT and ALTER DEFAULT PRIVILEGES name alone; read once for each tree. */
function schemasNamedIn(node: Node): readonly string[] {
  const known = SCHEMAS.get(node);
  if (known) return known;
  const names = new Set<string>();
  collectSchemas(node, 'GrantStmt' in node || 'AlterDefaultPrivilegesStmt' in node, names);
  const schemas = [...names].filter(isApiSchema);
  SCHEMAS.set(node, schemas);
  return schemas;
}

function collectSchemas(tree: object, alone: boolean, names: Set<string>): void {
  const { schemaname, sval } = tree as { schemaname?: string; sval?: string };
  if (schemaname !== undefined) names.add(schemaname);
  if (alone && sval !== undefined) names.add(sval);
  for (const key in tree) {
    const part: unknown = tree[key as keyof typeof tree];
    if (typeof part === 'object' && part !== null) collectSchemas(part, alone, names);
  }
}

function grantPlatformDefaults(
  model: SchemaModel,
  exposed: ReadonlySet<string>,
  apiSchema: string | undefined,
): void {
  // PostgreSQL itself gives EXECUTE on every new function to everybody.
  model.privileges.setDefault({
    on: 'routine',
    schema: undefined,
    role: PUBLIC,
    privileges: ['execute'],
    isGrant: true,
    origin: 'platform',
  });
  const schemas = new Set([...exposed, apiSchema ?? '']);
  for (const schema of schemas) {
    const { defaultTablePrivileges, defaultSequencePrivileges } = engineFacts(model.engine);
    const platform = { schema, isGrant: true, origin: 'platform' } as const;
    for (const [role, privileges] of Object.entries(defaultTablePrivileges))
      model.privileges.setDefault({ ...platform, on: 'table', role, privileges });
    for (const [role, privileges] of Object.entries(defaultSequencePrivileges))
      model.privileges.setDefault({ ...platform, on: 'sequence', role, privileges });
    for (const role of [AUTHENTICATED, ANON]) {
      model.privileges.grant(schemaObject(schema), role, ['usage'], 'platform');
    }
  }
}

function foldStatement(fold: Fold, statement: Statement): void {
  const { node } = statement;
  const { model } = fold;
  if ('CreateStmt' in node) foldTable(fold, statement, node.CreateStmt, 'table');
  else if ('CreateForeignTableStmt' in node) {
    const { base } = node.CreateForeignTableStmt;
    if (base) foldTable(fold, statement, base, 'foreign table');
  } else if ('CreateTableAsStmt' in node) foldTableAs(fold, statement, node.CreateTableAsStmt);
  else if ('AlterTableStmt' in node) {
    const { objtype } = node.AlterTableStmt;
    if (objtype === 'OBJECT_VIEW' || model.views.has(fold.keyOf(node.AlterTableStmt.relation)))
      alterView(fold, statement, node.AlterTableStmt);
    else if (objtype === 'OBJECT_TABLE' || objtype === 'OBJECT_FOREIGN_TABLE')
      alterTable(fold, statement, node.AlterTableStmt);
  } else if ('IndexStmt' in node) foldIndex(fold, statement, node.IndexStmt);
  else if ('ViewStmt' in node) foldView(fold, statement, node.ViewStmt);
  else if ('CreatePolicyStmt' in node) foldPolicy(fold, statement, node.CreatePolicyStmt);
  else if ('AlterPolicyStmt' in node) alterPolicy(fold, statement, node.AlterPolicyStmt);
  else if ('GrantStmt' in node) foldGrant(fold, statement, node.GrantStmt);
  else if ('GrantRoleStmt' in node) foldRoleGrant(fold, statement, node.GrantRoleStmt);
  else if ('AlterDefaultPrivilegesStmt' in node)
    foldDefaultPrivileges(fold, statement, node.AlterDefaultPrivilegesStmt);
  else if ('CreateRoleStmt' in node) model.createdRoles.add(node.CreateRoleStmt.role ?? '');
  else if ('CreateSchemaStmt' in node)
    model.createdSchemas.set(node.CreateSchemaStmt.schemaname ?? '', statement);
  else if ('CreateSeqStmt' in node) {
    const { sequence } = node.CreateSeqStmt;
    addSequence(fold, fold.schemaOf(sequence), sequence?.relname ?? '');
  } else if ('CreateFunctionStmt' in node) foldRoutine(fold, statement, node.CreateFunctionStmt);
  else if ('AlterFunctionStmt' in node) alterRoutine(fold, statement, node.AlterFunctionStmt);
  else if ('CreateTrigStmt' in node) foldTrigger(fold, statement, node.CreateTrigStmt);
  else if ('CommentStmt' in node) foldComment(fold, statement, node.CommentStmt);
  else if ('CreateEnumStmt' in node || 'AlterEnumStmt' in node) foldEnum(fold, statement, node);
  else if ('DropStmt' in node) foldDrop(fold, statement, node.DropStmt);
  else if ('RenameStmt' in node) foldRename(fold, statement, node.RenameStmt);
  else if ('AlterObjectSchemaStmt' in node) foldSetSchema(fold, statement, node.AlterObjectSchemaStmt);
}

/** COMMENT ON TABLE, which may hold a marker; PostgreSQL keeps the last one. */
function foldComment(fold: Fold, statement: Statement, stmt: CommentStmt): void {
  const { object, comment } = stmt;
  if (stmt.objtype !== 'OBJECT_TABLE' || !object || !('List' in object)) return;
  const names = textsOf(object.List.items);
  const table = fold.model.tableNamed(names.at(-1) ?? '', names.at(-2));
  if (!table) return;
  table.comment = { text: comment ?? '', statement, at: statement.tokenSpan(statement.tokens.length - 1) };
  table.exemptSince = isExemptFromForce(table) ? (table.exemptSince ?? statement) : undefined;
}

function foldEnum(
  { model }: Fold,
  statement: Statement,
  node: { CreateEnumStmt: CreateEnumStmt } | { AlterEnumStmt: AlterEnumStmt },
): void {
  const names = textsOf(
    'CreateEnumStmt' in node ? node.CreateEnumStmt.typeName : node.AlterEnumStmt.typeName,
  );
  const key = model.keyOf(names.at(-1) ?? '', names.at(-2));
  if ('CreateEnumStmt' in node)
    model.enums.set(key, { labels: textsOf(node.CreateEnumStmt.vals), statement });
  else if (node.AlterEnumStmt.newVal !== undefined)
    model.enums.get(key)?.labels.push(node.AlterEnumStmt.newVal);
}
