import { CHECKS } from '../../checklist/checks';
import type { CheckId } from '../../checklist/check-ids';
import type { ClientOptions } from '../../checklist/gateway-client';
import type { JournalStore } from '../../checklist/journal-store';
import type { ChecklistOptions } from '../../checklist/options';
import { tablesWithOwner } from '../../checklist/plan';
import { jsonReport } from '../../checklist/report';
import { runChecklist } from '../../checklist/run';
import type { ChecklistPlan, TableChoices, TablePlan } from '../../checklist/table-plan';
import type { ChecklistReport, CheckResult, Mode, RowsReport } from '../../checklist/verdict';
import type { SchemaModel } from '../../schema/model';
import type { Span } from '../../sql/source-file';
import { causesIn } from './causes-in';
import { chosen } from './chosen';
import { firstRequests } from './first-requests';
import { planOfDocument } from './plan-of-document';
import type { PlannedRequest } from './planned-request';
import { removeRows } from './remove-rows';

/** Where the project's SQL holds the cause of a result, and the lint rules that speak of it. */
export interface CauseInSql {
  readonly place: Span;
  readonly rules: readonly string[];
}

export type ExportFormat = 'markdown' | 'json' | 'junit';

/** All that the editor asks of the checklist's engine, in one place. */
export interface ChecklistEngine {
  run(options: ChecklistOptions): Promise<ChecklistReport>;
  plan(model: SchemaModel, choices: TableChoices): ChecklistPlan;
  /** From PostgREST's OpenAPI document. */
  planOfDocument(document: unknown, choices: TableChoices): ChecklistPlan;
  /** The checks that a table gets, for lists that are shown before a run. */
  checksOf(plan: TablePlan, mode: Mode): readonly CheckId[];
  requests(options: ChecklistOptions): Promise<readonly PlannedRequest[]>;
  /** Removes what runs that died have left. */
  cleanUp(store: JournalStore, client: ClientOptions, signal?: AbortSignal): Promise<RowsReport>;
  causes(result: CheckResult, model: SchemaModel): readonly CauseInSql[];
  readonly reports: Readonly<Partial<Record<ExportFormat, (report: ChecklistReport) => string>>>;
}

export const ENGINE: ChecklistEngine = {
  run: runChecklist,
  plan: (model, choices) => chosen(tablesWithOwner(model), choices),
  planOfDocument,
  checksOf: () => CHECKS.map(({ id }) => id),
  requests: options => Promise.resolve(firstRequests(options)),
  cleanUp: removeRows,
  causes: causesIn,
  reports: { json: jsonReport },
};
