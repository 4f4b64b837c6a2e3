import type * as vscode from 'vscode';
import { GatewayClient, type ClientOptions } from '../../checklist/gateway-client';
import { planByHand } from '../../checklist/plan';
import type { ChecklistPlan } from '../../checklist/table-plan';
import type { ChecklistEngine } from './engine';
import type { TableChoicesStore } from './table-choices';
import type { FolderSql, TableFinder } from './table-finder';

/** Finds what to check: in the project's SQL, else in the gateway's OpenAPI document, else what was named by hand. */
export class PlanFinder {
  constructor(
    private readonly tables: TableFinder,
    private readonly choices: TableChoicesStore,
    private readonly engine: ChecklistEngine,
  ) {}

  /** What the project's SQL says; no request is sent. */
  async planOf(folder: vscode.WorkspaceFolder): Promise<ChecklistPlan> {
    return (await this.planWithSql(folder)).plan;
  }

  /** The same, with the SQL it comes from. */
  async planWithSql(folder: vscode.WorkspaceFolder): Promise<{ plan: ChecklistPlan; sql: FolderSql }> {
    const sql = await this.tables.sqlOf(folder);
    return { plan: this.engine.plan(sql.model, this.choices.of(folder)), sql };
  }

  /** What the gateway shows to a subject, and what was named by hand. */
  async planOfGateway(
    folder: vscode.WorkspaceFolder,
    client: ClientOptions,
    subject: string,
  ): Promise<ChecklistPlan> {
    const choices = this.choices.of(folder);
    const document = await new GatewayClient(client).openApi(subject);
    const ofGateway = this.engine.planFromGateway(document, choices);
    const known = new Set([...ofGateway.tables, ...ofGateway.notChecked].map(({ table }) => table));
    const byHand = Object.entries(choices.owners)
      .filter(([table]) => !known.has(table) && !choices.excluded.includes(table))
      .map(([table, owner]) => ({ ...planByHand(table, owner), shared: choices.shared.includes(table) }));
    return { ...ofGateway, tables: [...ofGateway.tables, ...byHand] };
  }
}
