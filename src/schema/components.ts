import type { Node } from '@pgsql/types';
import type { Statement } from '../sql/source-file';
import { settingsMadeBy } from './settings-made';

/** Statements that cannot bear on each other fall into different components, and can be judged apart. */
export interface Components {
  /** Each in push order. */
  readonly components: readonly (readonly Statement[])[];
  /** Statements that bear on all others: roles, schemas, default privileges, settings, blocks. */
  readonly global: readonly Statement[];
}

/**
 * Ties statements together that speak of the same table, view, routine, type or sequence of the push. A statement that
 * speaks of everything at once (`on all tables in schema`) makes it all one component.
 */
export function componentsOf(statements: readonly Statement[]): Components {
  const global: Statement[] = [];
  const local: Statement[] = [];
  for (const statement of statements) {
    const reach = reachOf(statement.node);
    if (reach === 'everything') return { components: [statements], global: [] };
    (reach === 'global' ? global : local).push(statement);
  }
  const groups = new Groups(local.length);
  const firstWith = new Map<string, number>();
  const defined = new Set(local.flatMap(definedBy));
  local.forEach((statement, index) => {
    for (const name of namesIn(statement)) {
      if (!defined.has(name)) continue;
      const first = firstWith.get(name);
      if (first === undefined) firstWith.set(name, index);
      else groups.join(first, index);
    }
  });
  const components = new Map<number, Statement[]>();
  local.forEach((statement, index) => {
    const root = groups.rootOf(index);
    const component = components.get(root);
    if (component) component.push(statement);
    else components.set(root, [statement]);
  });
  return { components: [...components.values()], global };
}

/** Disjoint sets of statements, by index. */
class Groups {
  readonly #parents: Int32Array;

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, index) => index);
  }

  rootOf(index: number): number {
    let root = index;
    for (let parent = this.#parents[root] ?? root; parent !== root; parent = this.#parents[root] ?? root) {
      this.#parents[root] = this.#parents[parent] ?? parent;
      root = parent;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }
}

type Reach = 'local' | 'global' | 'everything';

/** Statements whose effect stays with the objects they name. */
const LOCAL: ReadonlySet<string> = new Set([
  'AlterEnumStmt',
  'AlterFunctionStmt',
  'AlterOwnerStmt',
  'AlterPolicyStmt',
  'AlterTableStmt',
  'CommentStmt',
  'CompositeTypeStmt',
  'CopyStmt',
  'CreateDomainStmt',
  'CreateEnumStmt',
  'CreateForeignTableStmt',
  'CreateFunctionStmt',
  'CreatePolicyStmt',
  'CreateSeqStmt',
  'CreateStmt',
  'CreateTableAsStmt',
  'CreateTrigStmt',
  'DeleteStmt',
  'IndexStmt',
  'InsertStmt',
  'RefreshMatViewStmt',
  'RenameStmt',
  'SelectStmt',
  'TruncateStmt',
  'UpdateStmt',
  'ViewStmt',
]);

function reachOf(node: Node): Reach {
  if ('GrantStmt' in node) {
    if (node.GrantStmt.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') return 'everything';
    return node.GrantStmt.objtype === 'OBJECT_SCHEMA' ? 'global' : 'local';
  }
  if ('DropStmt' in node) return node.DropStmt.removeType === 'OBJECT_SCHEMA' ? 'everything' : 'local';
  const [type = ''] = Object.keys(node);
  return LOCAL.has(type) ? 'local' : 'global';
}

const DEFINED = new WeakMap<Node, readonly string[]>();

/** Names that a statement makes, or speaks of as if they were there. */
function definedBy(statement: Statement): readonly string[] {
  const known = DEFINED.get(statement.node);
  if (known) return known;
  const names = new Set<string>();
  collectObjects(statement.node, names);
  addSequences(statement.node, names);
  for (const setting of settingsMadeBy(statement)) names.add(setting);
  const defined = [...names];
  DEFINED.set(statement.node, defined);
  return defined;
}

/** Relations anywhere, and what CREATE, ALTER, DROP, COMMENT and GRANT name. */
function collectObjects(tree: unknown, names: Set<string>): void {
  if (typeof tree !== 'object' || tree === null) return;
  const { relname, objname } = tree as Record<string, unknown>;
  if (typeof relname === 'string') names.add(relname);
  addLast(objname, names);
  if ('CreateFunctionStmt' in tree)
    addLast((tree.CreateFunctionStmt as { funcname?: unknown }).funcname, names);
  else if ('CreateEnumStmt' in tree) addLast((tree.CreateEnumStmt as { typeName?: unknown }).typeName, names);
  else if ('CreateDomainStmt' in tree)
    addLast((tree.CreateDomainStmt as { domainname?: unknown }).domainname, names);
  for (const part of Object.values(tree)) collectObjects(part, names);
}

/** Serial columns make sequences whose names no statement says. */
function addSequences(node: Node, names: Set<string>): void {
  const [relation, elements] =
    'CreateStmt' in node
      ? [node.CreateStmt.relation, node.CreateStmt.tableElts]
      : 'AlterTableStmt' in node
        ? [node.AlterTableStmt.relation, node.AlterTableStmt.cmds]
        : [];
  for (const element of elements ?? []) {
    const definition = 'AlterTableCmd' in element ? element.AlterTableCmd.def : element;
    if (definition && 'ColumnDef' in definition)
      names.add(`${relation?.relname ?? ''}_${definition.ColumnDef.colname ?? ''}_seq`);
  }
}

function addLast(list: unknown, names: Set<string>): void {
  const last: unknown = Array.isArray(list) ? list.at(-1) : undefined;
  if (typeof last !== 'object' || last === null || !('String' in last)) return;
  const { sval } = last.String as { sval?: string };
  if (sval !== undefined) names.add(sval);
}

const NAMES = new WeakMap<Node, readonly string[]>();

/** Every word of a statement that could name an object, those of a routine's body and of strings included. */
function namesIn(statement: Statement): readonly string[] {
  const known = NAMES.get(statement.node);
  if (known) return known;
  const names = new Set<string>();
  collectNames(statement.node, names);
  addSequences(statement.node, names);
  const { body } = statement;
  for (const query of body?.queries ?? []) collectNames(query, names);
  if (body?.opaque || body?.dynamic) for (const word of statement.text.match(/\w+/g) ?? []) names.add(word);
  const all = [...names];
  NAMES.set(statement.node, all);
  return all;
}

function collectNames(tree: unknown, names: Set<string>): void {
  if (typeof tree === 'string') {
    names.add(tree);
    // `nextval('notes_id_seq')` and `'api.notes'::regclass` name objects, too; a sequence bears its table's name.
    if (tree.includes('.') || tree.includes('"')) for (const part of tree.split(/[."]/)) names.add(part);
  } else if (typeof tree === 'object' && tree !== null) {
    for (const part of Object.values(tree)) collectNames(part, names);
  }
}
