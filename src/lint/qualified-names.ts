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
  const found: QualifiedName[] = [];
  for (let dot = 1; dot < tokens.length; dot += 1) {
    if (tokens[dot]?.value !== '.' || tokens[dot - 2]?.value === '.') continue;
    const [schema, name] = [tokens[dot - 1], tokens[dot + 1]];
    if (!isName(schema) || !isName(name)) continue;
    const index = dot - 1;
    found.push({ schema: schema.value, name: name.value, index, at: statement.tokenSpan(index) });
  }
  return found;
}

/** Names of projects, or what looks like one, as single words: `t_5ecfa3ab72d1_role`. */
export function projectNamesIn({ tokens }: Statement): { name: string; index: number }[] {
  const found: { name: string; index: number }[] = [];
  for (const [index, token] of tokens.entries())
    if (token.value.startsWith('t_') && isName(token)) found.push({ name: token.value, index });
  return found;
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
