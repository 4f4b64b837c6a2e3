import type * as vscode from 'vscode';
import type { CheckResult } from '../../checklist/verdict';
import type { ResultCause } from './panel-matrix';
import type { ProjectExtras } from './panel-state';

/** What the page shows that others know. */
export interface PanelSources {
  /** Where a result's cause stands in the project's SQL. */
  causeOf?(folder: vscode.WorkspaceFolder, result: CheckResult): ResultCause | undefined;
  /** The active profile and the app's route. */
  extrasOf?(folder: vscode.WorkspaceFolder): Pick<ProjectExtras, 'profile' | 'appRoute'>;
}
