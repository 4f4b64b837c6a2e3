import type { GrantStatement, Named, SchemaModel } from '../schema/model';
import type { SourceFile, Span, Statement } from '../sql/source-file';
import { removeStatement, replaceAt } from './edits';
import type { TextEdit } from './finding';

/** Whether a GRANT or REVOKE is about tables: named ones, all of a schema, or those to come. */
export function isOnTables({ target, statement: { node } }: GrantStatement): boolean {
  if (target === 'table') return true;
  return (
    'AlterDefaultPrivilegesStmt' in node && node.AlterDefaultPrivilegesStmt.action?.objtype === 'OBJECT_TABLE'
  );
}

/** Tables of which a GRANT gives `role` the privilege, and no later statement takes it. */
export function stillGiven(
  model: SchemaModel,
  { objects }: GrantStatement,
  role: string,
  privilege: string,
): string[] {
  return objects.filter(
    object => !model.views.has(object) && model.privileges.origin(object, role, privilege) === 'files',
  );
}

/** The statements that give or take something on an object, in push order. */
export function grantsOn(model: SchemaModel, object: string): Statement[] {
  return model.grants.flatMap(({ objects, statement }) => (objects.includes(object) ? [statement] : []));
}

/** Indexes of the tokens that name schemas after ON SCHEMA or IN SCHEMA. */
export function schemaTokens({ tokens }: Statement): number[] {
  const keyword = tokens.findIndex(
    ({ kind, value }, index) =>
      kind === 'word' && value === 'schema' && ['on', 'in'].includes(tokens[index - 1]?.value ?? ''),
  );
  if (keyword === -1) return [];
  const names = [keyword + 1];
  for (let last = keyword + 1; tokens[last + 1]?.value === ','; last += 2) names.push(last + 2);
  return names;
}

/** The whole list of privileges in the text. */
export function privilegesAt({ privileges, statement }: GrantStatement): Span {
  return { ...(privileges[0]?.at ?? statement.at), end: privileges.at(-1)?.at.end ?? statement.at.end };
}

/** Takes a grantee out of the list, or the statement away with its only one. */
export function withoutGrantee(
  { grantees, statement }: GrantStatement,
  gone: Named,
  files: readonly SourceFile[],
): TextEdit {
  const index = grantees.indexOf(gone);
  const [before, after] = [grantees[index - 1], grantees[index + 1]];
  if (before) return replaceAt({ ...gone.at, start: before.at.end }, '');
  if (after) return replaceAt({ ...gone.at, end: after.at.start }, '');
  return withoutStatement(statement, files);
}

/** Takes a statement out of its file. */
export function withoutStatement(statement: Statement, files: readonly SourceFile[]): TextEdit {
  return removeStatement(statement, files.find(({ name }) => name === statement.file)?.text ?? '');
}
