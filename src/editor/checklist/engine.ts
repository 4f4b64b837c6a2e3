import { checksFor } from '../../checklist/checks';
import type { CheckId } from '../../checklist/check-ids';
import { cleanUpUnfinished } from '../../checklist/clean-up';
import { dryRun, type PlannedRequest } from '../../checklist/dry-run';
import { causeInSql, type CauseInSql } from '../../checklist/explain-place';
import type { ClientOptions } from '../../checklist/gateway-client';
import type { JournalStore } from '../../checklist/journal-store';
import type { ChecklistOptions } from '../../checklist/options';
import { planChecklist, planFromGateway } from '../../checklist/plan';
import { REPORTS, type ReportOptions } from '../../checklist/report';
import { runChecklist } from '../../checklist/run';
import type { ChecklistPlan, TableChoices, TablePlan } from '../../checklist/table-plan';
import type { ChecklistReport, CheckResult, RowsReport } from '../../checklist/verdict';
import type { Engine } from '../../flux/engine';
import type { SchemaModel } from '../../schema/model';

export type ExportFormat = 'markdown' | 'json' | 'junit';

/** All that the editor asks of the checklist's engine, in one place. */
export interface ChecklistEngine {
  run(options: ChecklistOptions): Promise<ChecklistReport>;
  plan(model: SchemaModel, choices: TableChoices): ChecklistPlan;
  /** From PostgREST's OpenAPI document. */
  planFromGateway(document: unknown, choices: TableChoices): ChecklistPlan;
  /** The checks that a table gets, for lists that are shown before a run. */
  checksOf(plan: TablePlan, engine: Engine): readonly CheckId[];
  requests(options: ChecklistOptions): Promise<readonly PlannedRequest[]>;
  /** Removes what runs that died have left. */
  cleanUp(store: JournalStore, client: ClientOptions): Promise<RowsReport>;
  causes(result: CheckResult, model: SchemaModel): readonly CauseInSql[];
  readonly reports: Readonly<
    Record<ExportFormat, (report: ChecklistReport, options?: ReportOptions) => string>
  >;
}

export const ENGINE: ChecklistEngine = {
  run: runChecklist,
  plan: planChecklist,
  planFromGateway,
  checksOf: (plan, engine) => checksFor(plan, engine).map(({ id }) => id),
  requests: dryRun,
  cleanUp: cleanUpUnfinished,
  causes: causeInSql,
  reports: REPORTS,
};
