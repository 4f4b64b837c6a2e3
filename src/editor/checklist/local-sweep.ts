import type { JournalRow } from '../../checklist/journal-store';
import type { Sweep } from '../../checklist/row-journal';
import { Database } from '../../database/connection';

/** A PostgREST filter that asks for one value. */
const EQUALS = /^eq\.(.*)$/s;

/** Takes rows of the checklist out of a local Flux past its policies: there, a table without DELETE can be checked, too. */
export function localSweep(databaseUrl: string, schema: string): Sweep {
  return async ({ table, filter, ownerColumn }: JournalRow) => {
    // A filter by owner may find rows that are the person's.
    if (ownerColumn !== undefined) return false;
    const conditions = Object.entries(filter).map(([column, condition]) => ({
      column,
      value: EQUALS.exec(condition)?.[1],
    }));
    if (conditions.length === 0 || conditions.some(({ value }) => value === undefined)) return false;
    const where = conditions
      .map(({ column }, index) => `${quoted(column)}::text = $${index + 1}`)
      .join(' and ');
    const database = await Database.connect(databaseUrl);
    try {
      const values = conditions.map(({ value }) => value);
      const rows = `from ${quoted(schema)}.${quoted(table)} where ${where}`;
      await database.query(`delete ${rows}`, values);
      // What an unanswered request has deleted already is gone as well; what a trigger keeps is not.
      return (await database.query(`select 1 ${rows} limit 1`, values)).rowCount === 0;
    } catch {
      // A row that others point at stays, and is reported as one that could not be removed.
      return false;
    } finally {
      await database.close();
    }
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
