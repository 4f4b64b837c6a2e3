import type * as vscode from 'vscode';
import type { AppRoute } from '../../checklist/options';
import type { Secret } from '../../flux/secret';
import type { Projects } from '../project/projects';
import type { HostConsent } from './host-consent';

/** What is known of the app's route that answers with the signed-in user's rows. */
export interface AppRouteFacts {
  readonly appUrl: string;
  readonly path: string;
  /** The table whose rows it answers with; the plan's only one when nothing was said. */
  readonly table: string | undefined;
  /** Undefined where the project's files do not hold it: the route then tells so by its answers. */
  readonly authSecret: Secret | undefined;
  readonly allowRemote: boolean;
}

/** The app's route as the settings or the profile of a folder name it; undefined where they do not. */
export async function appFactsOf(
  folder: vscode.WorkspaceFolder,
  projects: Projects,
  consent: HostConsent,
): Promise<AppRouteFacts | undefined> {
  const { url, route, table } = projects.appOf(folder);
  if (url === undefined || route === undefined || !URL.canParse(url)) return undefined;
  return {
    appUrl: url,
    path: route,
    table,
    authSecret: await projects.authSecretOf(folder),
    allowRemote: await consent.askForApp(url),
  };
}

/** The route as the engine asks it. */
export async function appRouteOf(
  folder: vscode.WorkspaceFolder,
  projects: Projects,
  consent: HostConsent,
  build?: (facts: AppRouteFacts) => AppRoute | undefined,
): Promise<AppRoute | undefined> {
  if (!build) return undefined;
  const facts = await appFactsOf(folder, projects, consent);
  return facts && build(facts);
}
