import type { SchemaModel, Table } from '../schema/model';
import type { Predicate } from '../schema/predicate';
import { replaceAt } from './edits';
import type { TextEdit } from './finding';

/** `owner_id = auth.uid()` for the table's only owner column, spelled as the files spell it. */
export function ownerTest(table: Table, model: SchemaModel): string | undefined {
  const [column, ...others] = model.ownerColumns(table);
  if (!column || others.length > 0) return undefined;
  return `${column.statement.textOf(column.at)} = auth.uid()`;
}

/** Asks for something more; what is there keeps its meaning. */
export function andAlso(predicate: Predicate, test: string): TextEdit {
  const { node, text, at } = predicate;
  const isOr = 'BoolExpr' in node && node.BoolExpr.boolop === 'OR_EXPR';
  return replaceAt(at, `${test} ${inCase(predicate, 'and')} ${isOr ? `(${text})` : text}`);
}

/** Writes keywords as the policy's first word is written. */
export function inCase({ statement }: Predicate, keywords: string): string {
  return /^[A-Z]/.test(statement.text) ? keywords.toUpperCase() : keywords;
}
