import * as vscode from 'vscode';
import type { ClientOptions } from '../../checklist/gateway-client';
import type { AppRoute, ChecklistOptions } from '../../checklist/options';
import type { Sweep } from '../../checklist/row-journal';
import type { ChecklistPlan } from '../../checklist/table-plan';
import { ActionableError } from '../commands';
import type { Projects } from '../project/projects';
import { requireGatewayUrl, requireSecret } from '../project/require';
import { readSettings } from '../settings';
import type { LocalFluxService } from '../stack/local-flux-service';
import type { Subjects } from '../tokens/subjects';
import { appRouteOf } from './app-route-of';
import { modeFor, type HostConsent } from './host-consent';
import type { JournalMemento } from './journal-memento';
import { localSweep } from './local-sweep';
import type { PlanFinder } from './plan-finder';
import { nameTable } from './questions';
import type { TableChoicesStore } from './table-choices';

/** Subjects nobody else has, for a folder that has fewer than two of its own. */
const STAND_INS = ['flux-rls-check-a', 'flux-rls-check-b'] as const;

/** All that a run needs but its signal. */
export interface PreparedRun {
  readonly folder: vscode.WorkspaceFolder;
  readonly options: Omit<ChecklistOptions, 'signal' | 'onProgress' | 'only'>;
}

/** Collects what a run needs: project, tables, subjects, mode, and the person's consent. */
export class RunPreparation {
  constructor(
    private readonly projects: Projects,
    private readonly subjects: Subjects,
    private readonly plans: PlanFinder,
    private readonly choices: TableChoicesStore,
    private readonly journal: JournalMemento,
    private readonly consent: HostConsent,
    private readonly localFlux: LocalFluxService,
  ) {}

  /** How the gateway of a folder is asked. */
  async clientOf(folder: vscode.WorkspaceFolder): Promise<ClientOptions> {
    const project = await this.projects.of(folder);
    return {
      gatewayUrl: requireGatewayUrl(project),
      schema: project.schema?.value,
      secret: requireSecret(project),
      role: readSettings(folder.uri).tokenRole,
      claims: subject => this.subjects.find(folder, subject).claims ?? {},
      fetch: (url, init) => fetch(url, init),
      now: () => Math.floor(Date.now() / 1000),
    };
  }

  /** The tables of the SQL, else of the gateway; undefined when the person does not want that to be asked. */
  async planOf(folder: vscode.WorkspaceFolder): Promise<ChecklistPlan | undefined> {
    const ofSql = await this.plans.planOf(folder);
    if (!isEmpty(ofSql)) return ofSql;
    const client = await this.clientOf(folder);
    if (!(await this.consent.askForTables(client.gatewayUrl))) return undefined;
    return this.plans.planOfGateway(folder, client, subjectsFor(this.subjects.list(folder))[0]);
  }

  /** Everything but the consent; asks for a table where none is known. Undefined when the person names none. */
  async collect(folder: vscode.WorkspaceFolder): Promise<PreparedRun | undefined> {
    const project = await this.projects.of(folder);
    const client = await this.clientOf(folder);
    const subjects = subjectsFor(this.subjects.list(folder));
    let plan = await this.planOf(folder);
    if (plan && isEmpty(plan)) {
      const named = await nameTable();
      if (!named) return undefined;
      await this.choices.nameOwner(folder, named.table, named.owner);
      plan = await this.planOf(folder);
    }
    if (!plan) return undefined;
    if (plan.tables.length === 0) throw noTable(plan.notChecked);
    const settings = readSettings(folder.uri);
    return {
      folder,
      options: {
        ...client,
        engine: project.engine?.value,
        plan,
        subjects,
        mode: modeFor(settings.checklistMode, client.gatewayUrl),
        given: this.choices.of(folder).values,
        journal: this.journal.storeFor({
          folder: folder.uri.toString(),
          profile: this.projects.profileNameOf(folder),
          isLocalFlux: project.gatewayUrl?.from.kind === 'local-flux',
        }),
        sweep: this.#sweepOf(folder, client.gatewayUrl),
        app: await this.#appOf(folder, plan),
      },
    };
  }

  /** The run with the person's consent, also to ask an app elsewhere; else what they chose instead. */
  async agree(prepared: PreparedRun): Promise<PreparedRun | 'no' | 'show requests'> {
    const { folder, options } = prepared;
    const { gatewayUrl, mode, plan } = options;
    const answer = await this.consent.ask({ gatewayUrl, mode, tables: plan.tables.length });
    if (answer !== 'yes') return answer;
    const { url } = this.projects.appOf(folder);
    if (url === undefined || options.app || !(await this.consent.askForApp(url))) return prepared;
    return { folder, options: { ...options, app: await this.#appOf(folder, plan) } };
  }

  #sweepOf(folder: vscode.WorkspaceFolder, gatewayUrl: string): Sweep | undefined {
    const flux = this.localFlux.runningFor(folder);
    return flux?.url === gatewayUrl ? localSweep(flux.databaseUrl, flux.schema) : undefined;
  }

  async #appOf(folder: vscode.WorkspaceFolder, plan: ChecklistPlan): Promise<AppRoute | undefined> {
    const { url } = this.projects.appOf(folder);
    return appRouteOf(folder, this.projects, plan, url !== undefined && this.consent.isGivenForApp(url));
  }
}

/** A and B: the first two of the list, with stand-ins for those that are not there. */
export function subjectsFor([first, second]: readonly string[]): readonly [string, string] {
  const [a, b] = STAND_INS;
  if (first === undefined) return [a, b];
  if (second !== undefined) return [first, second];
  return [first, first === b ? a : b];
}

function isEmpty({ tables, notChecked }: ChecklistPlan): boolean {
  return tables.length + notChecked.length === 0;
}

/** Why nothing can be asked, and what leads to a table that can be. */
export function noTable(notChecked: readonly { readonly table: string; readonly reason: string }[]): Error {
  const [first] = notChecked;
  const reason = first ? `: ${first.table} is not, for instance, because: ${first.reason}` : '';
  return new ActionableError(`No table can be checked${reason}.`, {
    label: 'Choose Tables…',
    run: () => vscode.commands.executeCommand('fluxRls.chooseTables'),
  });
}
