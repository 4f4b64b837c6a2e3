import type * as vscode from 'vscode';
import { appRoute, CannotAskApp } from '../../checklist/app-route';
import type { AppRoute } from '../../checklist/options';
import type { ChecklistPlan } from '../../checklist/table-plan';
import { ActionableError } from '../commands';
import { openSetting } from '../notify';
import type { Projects } from '../project/projects';

/**
 * The app's route as the settings or the profile of a folder name it; undefined where they do not, and for an app on
 * another machine that the person has not agreed to.
 */
export async function appRouteOf(
  folder: vscode.WorkspaceFolder,
  projects: Projects,
  { tables }: ChecklistPlan,
  allowRemote: boolean,
): Promise<AppRoute | undefined> {
  const { url, route, table } = projects.appOf(folder);
  if (url === undefined || route === undefined) return undefined;
  const [only] = tables;
  const named = table ?? (tables.length === 1 ? only?.table : undefined);
  if (named === undefined) {
    throw new ActionableError(
      `Nothing tells which table’s rows ${route} answers with.`,
      openSetting('fluxRls.app.table'),
    );
  }
  try {
    return appRoute({
      appUrl: url,
      path: route,
      table: named,
      authSecret: await projects.authSecretOf(folder),
      fetch: (address, init) => fetch(address, init),
      allowRemote,
    });
  } catch (error) {
    if (!(error instanceof CannotAskApp)) throw error;
    if (error.kind === 'remote') return undefined;
    throw new ActionableError(
      error.message,
      openSetting(error.kind === 'not-a-url' ? 'fluxRls.app.url' : 'fluxRls.app.route'),
    );
  }
}
