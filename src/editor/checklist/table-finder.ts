import type * as vscode from 'vscode';
import { tablesWithOwner } from '../../checklist/plan';
import type { TablePlan } from '../../checklist/table-plan';
import { modelFromStatements } from '../../schema/from-statements';
import type { SchemaModel } from '../../schema/model';
import type { SourceFile } from '../../sql/source-file';
import type { PushReader } from '../lint/push-reader';
import type { Projects } from '../project/projects';

/** What a folder's SQL adds up to, and its files, by URI. */
export interface FolderSql {
  readonly model: SchemaModel;
  readonly files: readonly SourceFile[];
}

/** Finds the tables to check in a folder's SQL. */
export class TableFinder {
  constructor(
    private readonly reader: PushReader,
    private readonly projects: Projects,
  ) {}

  /** What a push takes, else the SQL files at the top of the folder. */
  async sqlOf(folder: vscode.WorkspaceFolder): Promise<FolderSql> {
    const project = await this.projects.of(folder);
    const files = await this.reader.parse(await this.reader.defaultPushOf(folder.uri));
    const model = modelFromStatements(files, {
      engine: project.engine?.value ?? 'v2_shared',
      apiSchema: project.schema?.value,
    });
    return { model, files };
  }

  /** Tables with an owner column. */
  async tablesOf(folder: vscode.WorkspaceFolder): Promise<TablePlan[]> {
    return tablesWithOwner((await this.sqlOf(folder)).model);
  }
}
