import type { A_Expr, ColumnRef, Node, TypeCast } from '@pgsql/types';
import { textOf, walk } from './ast';
import type { SchemaModel } from './model';
import type { Column, Table } from './objects';
import type { ColumnUse } from './scope';

/** `column <operator> value`, in whichever order and however deep it stands: subqueries, CASE and NOT included. */
export interface ColumnComparison {
  /** As written; `=` for IN and IS NOT DISTINCT FROM, `<>` for NOT IN and IS DISTINCT FROM. */
  readonly operator: string;
  readonly use: ColumnUse;
  /** The table whose column it is, and the column, where the files tell them. */
  readonly table: Table | undefined;
  readonly column: Column | undefined;
  /** The outermost cast of the column. */
  readonly cast: TypeCast | undefined;
  readonly value: Node;
  readonly node: A_Expr;
}

/** Every comparison of a bare or cast column in an expression; `uses` are the columns it names. */
export function columnComparisons(
  tree: Node,
  uses: readonly ColumnUse[],
  own: Table,
  model: SchemaModel,
): ColumnComparison[] {
  const found: ColumnComparison[] = [];
  const byNode = new Map(uses.map(use => [use.node, use]));
  walk(tree, (type, fields) => {
    if (type !== 'A_Expr') return;
    const node = fields as A_Expr;
    for (const [side, value] of pairsOf(node)) {
      const named = columnOf(side);
      const use = named && byNode.get(named.reference);
      if (!named || !use) continue;
      const table = use.of === 'own' ? own : use.of && model.tables.get(use.of.relation);
      const column = table?.columns.get(use.column);
      found.push({ operator: operatorOf(node), use, table, column, cast: named.cast, value, node });
    }
  });
  return found;
}

/** Both sides, each as the one that is compared with the other; IN compares with every item of its list. */
function pairsOf({ kind, lexpr, rexpr }: A_Expr): [Node, Node][] {
  if (!lexpr || !rexpr || !COMPARING.has(kind ?? '')) return [];
  const values = kind === 'AEXPR_IN' && 'List' in rexpr ? (rexpr.List.items ?? []) : [rexpr];
  return values.flatMap((value): [Node, Node][] => [
    [lexpr, value],
    [value, lexpr],
  ]);
}

const COMPARING: ReadonlySet<string> = new Set([
  'AEXPR_OP',
  'AEXPR_IN',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
]);

function operatorOf({ kind, name }: A_Expr): string {
  if (kind === 'AEXPR_NOT_DISTINCT') return '=';
  return kind === 'AEXPR_DISTINCT' ? '<>' : (textOf(name?.at(-1)) ?? '');
}

function columnOf(node: Node): { reference: ColumnRef; cast: TypeCast | undefined } | undefined {
  if ('TypeCast' in node) {
    const inner = node.TypeCast.arg && columnOf(node.TypeCast.arg);
    return inner && { ...inner, cast: node.TypeCast };
  }
  return 'ColumnRef' in node ? { reference: node.ColumnRef, cast: undefined } : undefined;
}
