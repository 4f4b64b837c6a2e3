import type { Diagnosis } from './diagnose';
import type { Row } from './gateway-client';
import { linkColumns, type PlannedColumn, type TablePlan } from './table-plan';
import type { Evidence } from './verdict';

/** A positive control: what has to work before a refusal elsewhere means anything. */
export type Control<T> =
  | { readonly held: true; readonly value: T; readonly evidence: readonly Evidence[] }
  | { readonly held: false; readonly diagnosis: Diagnosis; readonly evidence: readonly Evidence[] };

/** PostgREST filters by column. */
export type Filter = Readonly<Record<string, string>>;

/** A row that its subject can see. */
export interface KnownRow {
  readonly subject: string;
  /** Finds exactly this row. */
  readonly filter: Filter;
  /** Its key, what makes it the subject's, and what a cast can guard; nothing else is read. */
  readonly values: Row;
  /** Whether this run made it. */
  readonly made: boolean;
}

const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);
const UUID = /^\{?[0-9a-f]{4}-?(?:[0-9a-f]{4}-?){7}\}?$/i;

export function isText({ type, enumValues }: PlannedColumn): boolean {
  return TEXT_TYPES.has(type) && !enumValues;
}

/** `column=eq.value` for each of the columns; undefined where a value is missing. */
export function filterOf(columns: readonly string[], values: Row): Filter | undefined {
  const entries = columns.map(column => [column, values[column]] as const);
  if (entries.length === 0 || entries.some(([, value]) => value === null || value === undefined))
    return undefined;
  return Object.fromEntries(entries.map(([column, value]) => [column, `eq.${asText(value)}`]));
}

/** The columns that are read of a row: key, link, targets of children, and one text for the guarding cast. */
export function readColumns(plan: TablePlan, targets: readonly string[] = []): string[] {
  const text = plan.columns.find(column => isText(column) && column.notNull)?.name;
  const columns = [...plan.key, ...linkColumns(plan), ...targets, ...(text === undefined ? [] : [text])];
  return [...new Set(columns)];
}

/**
 * A column to be answered in a type that its value surely does not have: PostgreSQL then fails after the row was
 * written, and everything is rolled back. Undefined where no text of the row is known.
 */
export function castGuard(plan: TablePlan, values: Row): { column: string; type: string } | undefined {
  const link = linkColumns(plan);
  const candidates = [
    ...plan.columns.filter(column => link.includes(column.name)),
    ...plan.columns.filter(column => !link.includes(column.name)),
  ];
  for (const column of candidates.length > 0 ? candidates : link.map(name => ({ name, text: true }))) {
    const value = values[column.name];
    if (typeof value !== 'string' || ('type' in column && !isText(column))) continue;
    return { column: column.name, type: UUID.test(value) ? 'int' : 'uuid' };
  }
  return undefined;
}

/** A column that a probe can set to NULL, so that it can never be written; undefined when there is none. */
export function nullColumn(plan: TablePlan, verb: 'insert' | 'update'): string | undefined {
  const link = linkColumns(plan);
  const possible = plan.columns.filter(
    column =>
      column.notNull &&
      column.generated !== 'always' &&
      !link.includes(column.name) &&
      (verb === 'insert' ? column.insertable : column.updatable),
  );
  const free = possible.filter(({ name }) => !plan.policyColumns.includes(name));
  // A key is what triggers and defaults of an UPDATE leave alone; an INSERT sends the others anyway.
  const preferred = free.find(({ name }) => plan.key.includes(name) === (verb === 'update'));
  return (preferred ?? free[0] ?? possible[0])?.name;
}

/** A value as a filter has it. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
