import type { Node, RangeVar } from '@pgsql/types';

/** The text of a `String` node; the parser keeps names as nodes. */
export function textOf(node: Node | undefined): string | undefined {
  return node && 'String' in node ? (node.String.sval ?? '') : undefined;
}

/** Texts of a list of `String` nodes: the parts of a dotted name. */
export function textsOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap(node => textOf(node) ?? []);
}

/** Calls `visit` for every node of a tree, parents first, with the node's type name and fields. */
export function walk(tree: unknown, visit: (type: string, fields: Record<string, unknown>) => void): void {
  if (typeof tree !== 'object' || tree === null) return;
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
    return;
  }
  for (const key in tree) {
    const value: unknown = tree[key as keyof typeof tree];
    if (typeof value !== 'object' || value === null) continue;
    // The parser names node types with a capital and their fields without.
    const first = key.charCodeAt(0);
    if (first >= 65 && first <= 90) visit(key, value as Record<string, unknown>);
    walk(value, visit);
  }
}

/** The relations a query reads, without the names its WITH clauses define. */
export function relationsOf(query: Node | undefined): RangeVar[] {
  const relations: RangeVar[] = [];
  const defined = new Set<string>();
  walk(query, (type, fields) => {
    if (type === 'RangeVar') relations.push(fields);
    if (type === 'CommonTableExpr' && typeof fields.ctename === 'string') defined.add(fields.ctename);
  });
  return relations.filter(
    ({ schemaname, relname }) => schemaname !== undefined || !defined.has(relname ?? ''),
  );
}
