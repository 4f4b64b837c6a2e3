import type { FuncCall } from '@pgsql/types';
import type { Statement } from '../sql/source-file';
import { textsOf, walk } from './ast';
import { constantText } from './subject';

/** Names of settings that a statement, or the routine it makes, gives a value; in lower case. */
export function settingsMadeBy({ node, text, body }: Statement): string[] {
  if (!/\bset(?:_config)?\b/i.test(text)) return [];
  const names: string[] = [];
  const read = (tree: unknown): void => {
    walk(tree, (type, fields) => {
      if (type === 'VariableSetStmt' && typeof fields.name === 'string') names.push(fields.name);
      if (type !== 'FuncCall') return;
      const { funcname, args }: FuncCall = fields;
      const name = textsOf(funcname).at(-1) === 'set_config' ? constantText(args?.[0]) : undefined;
      if (name !== undefined) names.push(name);
    });
  };
  read(node);
  read(body?.queries);
  // These two keep their SET without the name of its type.
  if ('AlterRoleSetStmt' in node) names.push(node.AlterRoleSetStmt.setstmt?.name ?? '');
  if ('AlterDatabaseSetStmt' in node) names.push(node.AlterDatabaseSetStmt.setstmt?.name ?? '');
  return names.map(name => name.toLowerCase());
}
