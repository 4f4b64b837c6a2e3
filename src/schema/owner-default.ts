import type { Node } from '@pgsql/types';
import { textsOf } from './ast';
import { relationKey, type SchemaModel, type Table } from './model';
import { readSubject } from './subject';
import type { RoutineBody } from '../sql/routine-body';

/** `subject` by DEFAULT or trigger; `unknown` where the code of a trigger does not tell. */
export type OwnerDefault = 'subject' | 'none' | 'unknown';

/** Whose row an INSERT makes that leaves out the column which tells whose it is. */
export function ownerDefaultOf(model: SchemaModel, table: Table, column: string): OwnerDefault {
  const filled = table.columns.get(column)?.default;
  const byDefault = filled ? (readSubject(filled.node) ? 'subject' : 'unknown') : 'none';
  const key = relationKey(table.schema, table.name);
  const triggers = model.triggers.filter(
    trigger => trigger.table === key && trigger.before && trigger.events.has('insert'),
  );
  const byTriggers = triggers.map(({ routine, statement }) =>
    isForRowsWithout(column, statement.node) ? setByTrigger(model, routine, column) : 'unknown',
  );
  if (byTriggers.includes('unknown')) return 'unknown';
  return byTriggers.includes('subject') ? 'subject' : byDefault;
}

/** Whether a trigger runs for every row, or at least for those whose column is NULL. */
function isForRowsWithout(column: string, node: Node): boolean {
  const when = 'CreateTrigStmt' in node ? node.CreateTrigStmt.whenClause : undefined;
  if (!when) return true;
  if (!('NullTest' in when) || when.NullTest.nulltesttype !== 'IS_NULL') return false;
  const { arg } = when.NullTest;
  return arg !== undefined && 'ColumnRef' in arg && textsOf(arg.ColumnRef.fields).at(-1) === column;
}

/** What a trigger function puts into a column of the new row; `none` where it leaves the column alone. */
function setByTrigger(model: SchemaModel, routine: string, column: string): OwnerDefault {
  const [found, ...overloads] = model.routines.get(routine) ?? [];
  if (!found || overloads.length > 0 || found.language !== 'plpgsql') return 'unknown';
  const { text, body } = found.statement;
  if (!body || body.opaque || body.dynamic) return 'unknown';
  const code = text.replace(/--[^\n]*|\/\*[^]*?\*\//g, ' ');
  const name = column.replace(/\W/g, '\\$&');
  if (!new RegExp(`(?<![\\w$])${name}(?![\\w$])`, 'i').test(code))
    return /\bnew\s*:?=|\binto\s+(?:strict\s+)?new\b/i.test(code) ? 'unknown' : 'none';
  const assigned = new RegExp(`\\bnew\\s*\\.\\s*"?${name}"?\\s*:?=\\s*([^;]+);`, 'gi');
  const values = [...code.matchAll(assigned)].map(([, value = '']) => value.trim());
  const onlyWhereMissing = new RegExp(
    `\\bif\\s+\\(?\\s*(?:new\\.${name}\\s+is\\s+null|tg_op\\s*=\\s*'INSERT')\\s*\\)?\\s+then\\b`,
    'i',
  );
  const isCertain = !/\bif\b|\bcase\b|\bloop\b/i.test(code) || onlyWhereMissing.test(code);
  const [value = ''] = values;
  return values.length === 1 && isCertain && isSubject(value, body) ? 'subject' : 'unknown';
}

/** `coalesce(new.owner_id, auth.uid())` is the subject where nothing was sent. */
function isSubject(value: string, { parts }: RoutineBody): boolean {
  const node = parts.find(({ text }) => text.replace(/^select\s+/, '').trim() === value)?.node;
  const target = node && 'SelectStmt' in node ? node.SelectStmt.targetList?.[0] : undefined;
  const assigned = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  const last = assigned && 'CoalesceExpr' in assigned ? assigned.CoalesceExpr.args?.at(-1) : assigned;
  return readSubject(last) !== undefined;
}
