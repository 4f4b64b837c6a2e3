import type { SchemaModel } from './model';
import type { Column, Table } from './objects';
import { readSubject } from './subject';

/**
 * How a column comes to hold the subject: a policy compares the two, as they are (`bare`) or with the column cast; its
 * default is the subject; or only its name says so, while no policy of the table speaks of the subject.
 */
export type SubjectUse = 'bare' | 'cast' | 'default' | 'name';

/** Tells how columns hold the subject. A subject that is cast to the column's type does not count as one. */
export function subjectUses(model: SchemaModel): (table: Table, column: Column) => SubjectUse | undefined {
  const compared = new Map<Column, SubjectUse>();
  const others = new Set<Column>();
  for (const { using, check } of model.policies) {
    for (const { column, cast, value } of [using, check].flatMap(part => part?.comparisons ?? [])) {
      const subject = column && readSubject(value);
      if (!column || !subject) continue;
      if (subject.castTo !== undefined) others.add(column);
      else if (compared.get(column) !== 'bare') compared.set(column, cast ? 'cast' : 'bare');
    }
  }
  return (table, column) => {
    const use = compared.get(column);
    if (use === 'bare') return use;
    const fallback = readSubject(column.default?.node);
    if (fallback && fallback.castTo === undefined) return 'default';
    if (use || fallback || others.has(column)) return use;
    // What points at another table holds that table's keys.
    const isKey = column.references !== undefined || column.generated;
    return !isKey && model.isExposed(table.schema) && model.ownerColumns(table).includes(column)
      ? 'name'
      : undefined;
  };
}
