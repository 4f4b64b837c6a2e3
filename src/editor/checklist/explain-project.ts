import * as vscode from 'vscode';
import { CHECK_IDS, type CheckId } from '../../checklist/check-ids';
import type { ExplainContext } from '../../checklist/explain';
import type { CheckResult } from '../../checklist/verdict';
import { modelFromStatements } from '../../schema/from-statements';
import type { SchemaModel } from '../../schema/model';
import type { SourceFile } from '../../sql/source-file';
import { ActionableError } from '../commands';
import type { PushReader } from '../lint/push-reader';
import type { Projects } from '../project/projects';
import { pickFolder } from '../workspace-files';
import type { ChecklistRun } from './checklist-run';

/** A result of the last run, as the panel and the tests name it. */
export interface ExplainTarget {
  /** URI of the workspace folder; the one at hand when left out. */
  readonly folder?: string | undefined;
  readonly table: string;
  readonly check: CheckId;
  readonly through?: string | undefined;
}

/** Where results of runs are found. */
export interface RunsByFolder {
  runOf(folder: vscode.WorkspaceFolder | undefined): ChecklistRun;
}

/** What a folder's settings and its SQL tell of an answer. */
export interface KnownProject {
  readonly context: ExplainContext;
  /** By URI; empty where there is no SQL. */
  readonly files: readonly SourceFile[];
  readonly model: SchemaModel | undefined;
  readonly schema: string | undefined;
  /** The gateway that the project is at now. */
  readonly gatewayUrl: string | undefined;
}

/** The target that a command was called with; undefined for what a menu or a key binding passes of its own. */
export function explainTargetIn(value: unknown): ExplainTarget | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { folder, table, check, through } = value as Record<string, unknown>;
  const known = CHECK_IDS.find(id => id === check);
  if (typeof table !== 'string' || !known) return undefined;
  return {
    table,
    check: known,
    ...(typeof folder === 'string' && { folder }),
    ...(typeof through === 'string' && { through }),
  };
}

/** The folder that a target names, else the one at hand, else the one that the person picks. */
export async function folderOf({ folder }: ExplainTarget): Promise<vscode.WorkspaceFolder | undefined> {
  const named = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.toString() === folder);
  return named ?? pickFolder();
}

/** The result that a target names. */
export function resultIn({ results }: ChecklistRun, { table, check, through }: ExplainTarget): CheckResult {
  const result = results.find(
    found => found.table === table && found.check === check && found.through === through,
  );
  if (result) return result;
  throw new ActionableError(`The last run has no result of ${check} on ${table}.`, {
    label: 'Run Checklist',
    run: () => vscode.commands.executeCommand('fluxRls.runChecklist'),
  });
}

/** Reads a folder's settings and SQL as they are now. */
export class ExplainProject {
  constructor(
    private readonly projects: Projects,
    private readonly reader: PushReader,
  ) {}

  async of(folder: vscode.WorkspaceFolder | undefined): Promise<KnownProject> {
    const now = Math.floor(Date.now() / 1000);
    if (!folder) {
      return { context: { now }, files: [], model: undefined, schema: undefined, gatewayUrl: undefined };
    }
    const project = await this.projects.of(folder);
    const engine = project.engine?.value;
    const schema = project.schema?.value;
    const files = await this.reader.parse(await this.reader.defaultPushOf(folder.uri));
    const model =
      files.length === 0
        ? undefined
        : modelFromStatements(files, { engine: engine ?? 'v2_shared', apiSchema: schema });
    const gatewayUrl = project.gatewayUrl?.value;
    return { context: { engine, model, now }, files, model, schema, gatewayUrl };
  }
}
