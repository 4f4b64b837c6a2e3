import { textsOf } from '../schema/ast';
import type { Policy, SchemaModel } from '../schema/model';
import type { SourceFile } from '../sql/source-file';
import { removeStatement } from './edits';
import type { TextEdit } from './finding';

/** Takes a policy's CREATE POLICY away; undefined where another statement needs the policy to be there. */
export function removePolicy(
  policy: Policy,
  model: SchemaModel,
  files: readonly SourceFile[],
): TextEdit[] | undefined {
  const { statement, name, alteredBy } = policy;
  const text = files.find(file => file.name === statement.file)?.text;
  const isRenamed =
    'CreatePolicyStmt' in statement.node && statement.node.CreatePolicyStmt.policy_name !== name;
  if (text === undefined || isRenamed || alteredBy.length > 0 || isCommented(policy, model)) return undefined;
  return [removeStatement(statement, text)];
}

/** COMMENT ON POLICY fails with 42704 where the policy is gone. */
function isCommented({ name }: Policy, model: SchemaModel): boolean {
  return model.statements.some(({ node }) => {
    if (!('CommentStmt' in node) || node.CommentStmt.objtype !== 'OBJECT_POLICY') return false;
    const { object } = node.CommentStmt;
    return object !== undefined && 'List' in object && textsOf(object.List.items).at(-1) === name;
  });
}
