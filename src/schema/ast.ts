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
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
    return;
  }
  if (typeof tree !== 'object' || tree === null) return;
  for (const [key, value] of Object.entries(tree)) {
    if (/^[A-Z]/.test(key) && typeof value === 'object' && value !== null) {
      visit(key, value as Record<string, unknown>);
    }
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
