import { cleanUpUnfinished } from '../checklist/clean-up';
import { dryRun } from '../checklist/dry-run';
import { causeInSql } from '../checklist/explain-place';
import { runChecklist } from '../checklist/run';
import type { CheckResult } from '../checklist/verdict';
import type { SchemaModel } from '../schema/model';
import type { Span } from '../sql/source-file';

/** All that `flux-rls check` asks of the checklist, in one place. */
export interface CheckEngine {
  readonly run: typeof runChecklist;
  readonly dryRun: typeof dryRun;
  readonly cleanUp: typeof cleanUpUnfinished;
  /** Where the SQL holds the cause of a result; undefined where it does not. */
  causeOf(result: CheckResult, model: SchemaModel): Span | undefined;
}

export const ENGINE: CheckEngine = {
  run: runChecklist,
  dryRun,
  cleanUp: cleanUpUnfinished,
  causeOf: (result, model) => causeInSql(result, model)[0]?.place,
};
