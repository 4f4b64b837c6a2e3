import { relationKey, type SchemaModel, type Table } from '../schema/model';
import { readSubject } from '../schema/subject';
import type { TablePlan } from './table-plan';

/** Whose row an INSERT makes that leaves out the column which tells whose it is. */
export function ownerDefaultOf(model: SchemaModel, table: Table, column: string): TablePlan['ownerDefault'] {
  const filled = table.columns.get(column)?.default;
  const byDefault = filled ? (readSubject(filled.node) ? 'subject' : 'unknown') : 'none';
  const key = relationKey(table.schema, table.name);
  const triggers = model.triggers.filter(
    trigger => trigger.table === key && trigger.before && trigger.events.has('insert'),
  );
  const byTriggers = triggers.map(({ routine }) => setByTrigger(model, routine, column));
  if (byTriggers.includes('unknown')) return 'unknown';
  return byTriggers.includes('subject') ? 'subject' : byDefault;
}

/** What a trigger function puts into a column of the new row; `none` where it leaves the column alone. */
function setByTrigger(model: SchemaModel, routine: string, column: string): TablePlan['ownerDefault'] {
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
  // `coalesce(new.owner_id, auth.uid())` is the subject where nothing was sent.
  const coalesced = new RegExp(`^coalesce\\s*\\(\\s*new\\.${name}\\s*,\\s*([^]+)\\)$`, 'i');
  const isSubject = (value: string): boolean => SUBJECT.test(coalesced.exec(value)?.[1]?.trim() ?? value);
  const onlyWhereMissing = new RegExp(`\\bif\\s+\\(?\\s*new\\.${name}\\s+is\\s+null\\s*\\)?\\s+then\\b`, 'i');
  const isCertain = !/\bif\b|\bcase\b|\bloop\b/i.test(code) || onlyWhereMissing.test(code);
  return values.length === 1 && values.every(isSubject) && isCertain ? 'subject' : 'unknown';
}

const SUBJECT =
  /^\(?\s*(?:select\s+)?(?:auth\s*\.\s*uid\s*\(\s*\)|nullif\s*\(\s*current_setting\s*\(\s*'request\.jwt\.claims'[^;]*->>\s*'sub'[^;]*|\(?current_setting\s*\(\s*'request\.jwt\.claims'[^;]*->>\s*'sub')\s*(?:::\s*text\s*)?\)?$/i;
