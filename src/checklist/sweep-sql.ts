import type { JournalRow } from './journal-store';
import { isStandIn } from './row-journal';

/** SQL for the superuser of a local Flux that takes a row of the checklist away, past every policy. */
export function sweepSql({ table, filter, ownerColumn, removers }: JournalRow, schema: string): string {
  const conditions = Object.entries(filter).map(([column, condition]) => conditionOf(column, condition));
  if (ownerColumn !== undefined) {
    // Where nothing names the row, those of people are left alone.
    const owners = removers.filter(isStandIn).map(literal);
    conditions.push(owners.length > 0 ? `${identifier(ownerColumn)} in (${owners.join(', ')})` : 'false');
  }
  return `delete from ${identifier(schema)}.${identifier(table)} where ${conditions.join(' and ')}`;
}

/** The journal's filters: `eq.…`, `gt.…` and `not.is.null`. */
function conditionOf(column: string, condition: string): string {
  const [, operator, value = ''] = /^(eq|gt|not)\.([^]*)$/.exec(condition) ?? [];
  switch (operator) {
    case 'eq':
      return `${identifier(column)} = ${literal(value)}`;
    case 'gt':
      return `${identifier(column)} > ${literal(value)}`;
    case 'not':
      return `${identifier(column)} is not null`;
    default:
      throw new Error(`no row is swept by ${column}=${condition}`);
  }
}

/** A name as SQL has it, whatever is in it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(value: string): string {
  const escaped = value.replaceAll("'", "''");
  return value.includes('\\') ? `E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`;
}
