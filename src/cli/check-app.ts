import { appRoute, CannotAskApp } from '../checklist/app-route';
import type { PlannedRequest } from '../checklist/dry-run';
import type { AppRoute, ChecklistOptions } from '../checklist/options';
import type { ChecklistPlan } from '../checklist/table-plan';
import type { FluxProject } from '../flux/project';
import type { AppOptions } from './check-options';
import { UsageError } from './io';

/** The app's route that the command line names; undefined where it names none. */
export function appOf(
  { url, route, table, allowRemote }: AppOptions,
  plan: ChecklistPlan,
  project: FluxProject,
): AppRoute | undefined {
  if (url === undefined && route === undefined) {
    if (table === undefined) return undefined;
    throw new UsageError('--app-table goes with --app-url and --app-route.');
  }
  if (url === undefined)
    throw new UsageError('Where does the app run? Give --app-url, such as http://localhost:3000.');
  if (route === undefined)
    throw new UsageError('Which route of the app? Give --app-route, such as /api/my-notes.');
  try {
    return appRoute({
      appUrl: url,
      path: route,
      table: tableOf(plan, table),
      authSecret: project.authSecret?.value,
      fetch: (address, init) => fetch(address, init),
      allowRemote,
    });
  } catch (error) {
    if (!(error instanceof CannotAskApp)) throw error;
    const wayOut = error.kind === 'remote' ? ' --allow-remote-app confirms it.' : '';
    throw new UsageError(`${error.message}${wayOut}`);
  }
}

/** What the app's route is asked, as far as it is to be checked: signed out, and as each subject. */
export function appRequests({ app, subjects, only }: ChecklistOptions): PlannedRequest[] {
  if (!app || !(only?.some(({ table }) => table === app.name) ?? true)) return [];
  const [method = '', path = ''] = app.name.split(' ');
  const request = { table: app.name, method, path, body: '' };
  return [
    { ...request, check: 'app-signed-out', as: 'nobody', headers: [], expected: '401' },
    ...subjects.map((as): PlannedRequest => ({
      ...request,
      check: 'app-own-rows',
      as,
      headers: ['Cookie: a session of the app'],
      expected: `only rows of ${as}`,
    })),
  ];
}

function tableOf({ tables }: ChecklistPlan, name: string | undefined): string {
  const names = tables.map(({ table }) => table);
  const [only, ...others] = names;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  if (name !== undefined && names.includes(name)) return name;
  const choice = `one of ${names.join(', ')}`;
  throw new UsageError(
    name === undefined
      ? `Which table’s rows does the route answer with? Give --app-table, ${choice}.`
      : `--app-table is ${choice}, not "${name}".`,
  );
}
