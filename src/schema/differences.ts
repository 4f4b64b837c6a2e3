import type { Difference, Sides } from './difference';
import { compareEnums, compareRoutines, compareTriggers, compareViews } from './differences-code';
import { comparePrivileges } from './differences-privileges';
import { compareTables } from './differences-tables';
import type { SchemaModel } from './model';

export type { Difference, DifferenceKind } from './difference';

/**
 * What differs between the files of a push and the live schema, the dangerous first. Both models are of the same engine
 * and API schema; the live one is that of the document `liveSql` writes.
 */
export function differencesBetween(files: SchemaModel, live: SchemaModel): Difference[] {
  const found: Difference[] = [];
  const sides: Sides = {
    files,
    live,
    report: difference => found.push({ certain: true, ...difference }),
  };
  compareTables(sides);
  comparePrivileges(sides);
  compareViews(sides);
  compareRoutines(sides);
  compareTriggers(sides);
  compareEnums(sides);
  const rank = ({ severity, certain }: Difference): number =>
    (severity === 'dangerous' ? 0 : 2) + (certain ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}
