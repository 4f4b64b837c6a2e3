import type * as vscode from 'vscode';
import { tablesWithOwner } from '../../checklist/plan';
import type { TablePlan } from '../../checklist/table-plan';
import { modelFromStatements } from '../../schema/from-statements';
import type { PushReader } from '../lint/push-reader';
import type { Projects } from '../project/projects';

/** Finds the tables to check in a folder's SQL. */
export class TableFinder {
  constructor(
    private readonly reader: PushReader,
    private readonly projects: Projects,
  ) {}

  /** Tables with an owner column: of what a push takes, else of the SQL files at the top of the folder. */
  async tablesOf(folder: vscode.WorkspaceFolder): Promise<TablePlan[]> {
    const project = await this.projects.of(folder);
    const files = await this.reader.parse(await this.reader.defaultPushOf(folder.uri));
    const model = modelFromStatements(files, {
      engine: project.engine?.value ?? 'v2_shared',
      apiSchema: project.schema?.value,
    });
    return tablesWithOwner(model);
  }
}
