import { relationKey, type SchemaModel } from './model';
import type { Span, Statement } from '../sql/source-file';
import { textOf, textsOf } from './ast';

/** A COMMENT statement, on whatever object. */
export interface CommentOn {
  readonly kind: 'table' | 'view' | 'column' | 'other';
  /** Key of the relation, of the column's relation for a column; undefined for other objects. */
  readonly relation: string | undefined;
  /** Empty when the comment is taken away. */
  readonly text: string;
  readonly statement: Statement;
  /** The string. */
  readonly at: Span;
}

const KINDS: Readonly<Record<string, CommentOn['kind']>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_COLUMN: 'column',
};

/** Every COMMENT of a push, in push order, but for those that went with their tables. */
export function commentsIn(model: SchemaModel): CommentOn[] {
  const dropped = new Map<string, number>();
  for (const entry of model.history) {
    if (entry.kind !== 'table-dropped') continue;
    dropped.set(relationKey(entry.table.schema, entry.table.name), model.orderOf(entry.statement));
  }
  return model.statements.flatMap(statement => {
    const { node } = statement;
    if (!('CommentStmt' in node)) return [];
    const { objtype, object, comment: text = '' } = node.CommentStmt;
    const kind = KINDS[objtype ?? ''] ?? 'other';
    const names = object && 'List' in object ? textsOf(object.List.items) : [textOf(object) ?? ''];
    const path = kind === 'column' ? names.slice(0, -1) : names;
    const relation = kind === 'other' ? undefined : model.keyOf(path.at(-1) ?? '', path.at(-2));
    if ((dropped.get(relation ?? '') ?? -1) > model.orderOf(statement)) return [];
    return { kind, relation, text, statement, at: statement.tokenSpan(statement.tokens.length - 1) };
  });
}
