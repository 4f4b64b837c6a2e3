import type { SchemaModel } from '../schema/model';
import type { Span, Statement } from '../sql/source-file';
import { replaceAt } from './edits';
import type { TextEdit } from './finding';

/** `schema.name` as a statement writes it; an alias before a column looks the same. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
  /** Index of the schema in the statement's tokens. */
  readonly index: number;
  /** The schema in the text. */
  readonly at: Span;
}

/** Every name with a dot in it, by its first two parts. */
export function qualifiedNamesIn(statement: Statement): QualifiedName[] {
  const { tokens } = statement;
  return tokens.flatMap(({ value }, index) => {
    if (value !== '.' || tokens[index - 2]?.value === '.') return [];
    const [schema, name] = [tokens[index - 1], tokens[index + 1]];
    if (!isName(schema) || !isName(name)) return [];
    return [{ schema: schema.value, name: name.value, index: index - 1, at: statement.tokenSpan(index - 1) }];
  });
}

/** Takes the schema away from a qualified name: unqualified names land in the project's schema. */
export function stripSchema(statement: Statement, index: number): TextEdit {
  const at = statement.tokenSpan(index);
  return replaceAt({ ...at, end: statement.tokens[index + 2]?.start ?? at.end }, '');
}

/** Puts this project's name in place of another's schema or role; undefined where nothing tells what it is. */
export function replaceByOwn(model: SchemaModel, statement: Statement, index: number): TextEdit | undefined {
  if (statement.tokens[index + 1]?.value === '.') return stripSchema(statement, index);
  const at = statement.tokenSpan(index);
  if (statement.tokens[index]?.value.endsWith('_role')) return replaceAt(at, 'authenticated');
  if (model.configuredSchema !== undefined) return replaceAt(at, model.configuredSchema);
  // A v2 push reads `schema public` as the project's own in these statements.
  const isAdapted = 'GrantStmt' in statement.node || 'AlterDefaultPrivilegesStmt' in statement.node;
  return isAdapted && model.engine === 'v2_shared' ? replaceAt(at, 'public') : undefined;
}

function isName(token: Statement['tokens'][number] | undefined): token is Statement['tokens'][number] {
  return token?.kind === 'word' || token?.kind === 'quoted';
}
