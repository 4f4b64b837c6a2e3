import type { ColumnRef, Node, RangeVar } from '@pgsql/types';
import { relationKey, type SchemaModel } from './model';
import type { Policy, Table } from './objects';
import type { Predicate } from './predicate';
import { columnUses, type ColumnUse } from './scope';

// PostgreSQL keeps references by number: whatever speaks of a table or a column follows it to its new name.

/** Gives a table its new name or schema, and everything that speaks of it, too. */
export function renameTable(model: SchemaModel, table: Table, name: string, schema = table.schema): void {
  const from = relationKey(table.schema, table.name);
  const to = relationKey(schema, name);
  const oldName = table.name;
  eachPredicate(model, (predicate, policy) => {
    const own = policy.table === table ? columnUses(predicate.node, table, model) : [];
    const qualified = new Map(
      own
        .filter(({ of, qualifier }) => of === 'own' && qualifier !== undefined)
        .map(({ node, column }) => [node, [name, column]]),
    );
    return replaceIn(predicate.node, {
      columns: qualified,
      relation: relation => renamedRelation(model, relation, from, { name, schema, oldName }),
    });
  });
  table.name = name;
  table.schema = schema;
  model.tables.delete(from);
  model.tables.set(to, table);
  model.privileges.rename(from, to);
  for (const other of model.tables.values()) {
    replaceAll(other.parents, key => (key === from ? to : key));
    replaceAll(other.foreignKeys, key => (key.table === from ? { ...key, table: to } : key));
    for (const column of other.columns.values())
      if (column.references?.table === from) column.references = { ...column.references, table: to };
  }
  replaceAll(model.triggers, trigger => (trigger.table === from ? { ...trigger, table: to } : trigger));
  for (const [key, view] of model.views) {
    if (!view.reads.includes(from)) continue;
    model.views.set(key, { ...view, reads: view.reads.map(read => (read === from ? to : read)) });
  }
}

/** Gives a column its new name, in keys, indexes and policies as well. */
export function renameColumn(model: SchemaModel, table: Table, from: string, to: string): void {
  const column = table.columns.get(from);
  if (!column) return;
  const key = relationKey(table.schema, table.name);
  const renamed = (name: string): string => (name === from ? to : name);
  eachPredicate(model, (predicate, policy) => {
    const uses = usesOf(model, predicate, policy, table).filter(use => use.column === from);
    if (uses.length === 0) return undefined;
    const names = ({ qualifier }: ColumnUse): string[] => (qualifier === undefined ? [to] : [qualifier, to]);
    return replaceIn(predicate.node, { columns: new Map(uses.map(use => [use.node, names(use)])) });
  });
  table.columns.delete(from);
  table.columns.set(to, { ...column, name: to });
  const inColumns = <T extends { readonly columns: readonly string[] }>(item: T): T => ({
    ...item,
    columns: item.columns.map(renamed),
  });
  replaceAll(table.foreignKeys, inColumns);
  replaceAll(table.uniqueKeys, inColumns);
  replaceAll(table.indexes, index => ({
    ...index,
    columns: index.columns.map(name => name && renamed(name)),
  }));
  for (const other of model.tables.values()) {
    replaceAll(other.foreignKeys, foreign =>
      foreign.table === key ? { ...foreign, targets: foreign.targets.map(renamed) } : foreign,
    );
    for (const each of other.columns.values())
      if (each.references?.table === key && each.references.column === from)
        each.references = { table: key, column: to };
  }
}

/** Whether a policy speaks of a column of `table`, and so stands or falls with it. */
export function usesColumn(model: SchemaModel, policy: Policy, table: Table, column: string): boolean {
  return [policy.using, policy.check].some(
    predicate =>
      predicate && usesOf(model, predicate, policy, table).some(({ column: name }) => name === column),
  );
}

/** Where a predicate speaks of columns of `table`, as the model is now. */
function usesOf(model: SchemaModel, predicate: Predicate, policy: Policy, table: Table): ColumnUse[] {
  const key = relationKey(table.schema, table.name);
  return columnUses(predicate.node, policy.table, model).filter(({ of }) =>
    of === 'own' ? policy.table === table : of?.relation === key,
  );
}

function eachPredicate(
  model: SchemaModel,
  rewrite: (predicate: Predicate, policy: Policy) => Node | undefined,
): void {
  for (const policy of model.policiesSoFar()) {
    for (const clause of ['using', 'check'] as const) {
      const predicate = policy[clause];
      const node = predicate && rewrite(predicate, policy);
      if (node && node !== predicate.node) policy[clause] = predicate.withNode(node);
    }
  }
}

/** An unaliased relation keeps its old name as its alias, for the columns that are named with it. */
function renamedRelation(
  model: SchemaModel,
  relation: RangeVar,
  from: string,
  to: { readonly name: string; readonly schema: string; readonly oldName: string },
): RangeVar {
  if (model.keyOf(relation.relname ?? '', relation.schemaname) !== from) return relation;
  const schema = relation.schemaname !== undefined || to.schema !== model.apiSchema ? to.schema : undefined;
  const { schemaname: _old, ...rest } = relation;
  return {
    ...rest,
    relname: to.name,
    ...(schema !== undefined && schema !== '' && { schemaname: schema }),
    alias: relation.alias ?? { aliasname: to.oldName },
  };
}

/** A copy of a tree with other names in it; the same tree where nothing changes, for trees are shared. */
function replaceIn<T>(
  tree: T,
  change: {
    readonly columns: ReadonlyMap<ColumnRef, readonly string[]>;
    readonly relation?: (relation: RangeVar) => RangeVar;
  },
): T {
  const visit = (part: unknown): unknown => {
    if (Array.isArray(part)) {
      const parts = part.map(visit);
      return parts.some((each, index) => each !== part[index]) ? parts : part;
    }
    if (typeof part !== 'object' || part === null) return part;
    const entries = Object.entries(part).map(([key, value]: [string, unknown]) => {
      const names = key === 'ColumnRef' ? change.columns.get(value as ColumnRef) : undefined;
      if (names)
        return [
          key,
          { ...(value as ColumnRef), fields: names.map(sval => ({ String: { sval } })) },
          value,
        ] as const;
      if (key === 'RangeVar' && change.relation)
        return [key, change.relation(value as RangeVar), value] as const;
      return [key, visit(value), value] as const;
    });
    if (entries.every(([, after, before]) => after === before)) return part;
    return Object.fromEntries(entries.map(([key, after]) => [key, after]));
  };
  return visit(tree) as T;
}

function replaceAll<T>(list: T[], change: (item: T) => T): void {
  list.splice(0, list.length, ...list.map(change));
}
