import { TABLE_VERBS } from '../flux/engine';
import { relationKey, type SchemaModel } from './model';
import type { HistoryEntry, Table } from './objects';

/**
 * Whether nothing says that requests are to reach the table: no policy, no grant of the files, no owner, no parent, no
 * row security that it ever had. What the platform gives by itself is then all they have.
 */
export function isUnclaimed(model: SchemaModel, table: Table): boolean {
  const key = relationKey(table.schema, table.name);
  // The columns of CREATE TABLE AS are not told.
  const isPlain = table.columns.size > 0 && table.parents.length === 0 && table.policies.length === 0;
  if (!isPlain || model.isOwned(table)) return false;
  const isGranted = model.requestRoles.some(role =>
    TABLE_VERBS.some(verb => model.privileges.origin(key, role, verb) === 'files'),
  );
  return !isGranted && !model.history.some(entry => gaveRowSecurity(entry, table));
}

/** Whether a table of this name had row security before, which went with a DROP, a rename or a DISABLE. */
function gaveRowSecurity(entry: HistoryEntry, { schema, name }: Table): boolean {
  if (entry.kind === 'table-dropped')
    return entry.table.rowSecurity === true && entry.table.schema === schema && entry.table.name === name;
  if (entry.kind !== 'row-security-enabled' || entry.table.schema !== schema) return false;
  const { node } = entry.statement;
  // The table may bear another name by now.
  return 'AlterTableStmt' in node && node.AlterTableStmt.relation?.relname === name;
}
