import type * as vscode from 'vscode';
import type { Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { PushReader } from '../lint/push-reader';
import type { Pushes } from '../lint/pushes';
import type { Log } from '../log';
import type { PanelSources } from '../panel/panel-sources';
import type { Projects } from '../project/projects';
import type { LocalFluxService } from '../stack/local-flux-service';
import type { Subjects } from '../tokens/subjects';
import { ChecklistMenus } from './checklist-menus';
import { ChecklistProblems } from './checklist-problems';
import { ChecklistService } from './checklist-service';
import { registerModeCommand } from './choose-mode';
import { ChooseTables } from './choose-tables';
import { ENGINE } from './engine';
import { registerExportCommand } from './export-report';
import { GiveValue } from './give-value';
import { HostConsent } from './host-consent';
import { JournalMemento } from './journal-memento';
import { LeftRows } from './left-rows';
import { PlanFinder } from './plan-finder';
import { PlanPages } from './plan-pages';
import { RunPreparation } from './prepare-run';
import { ResultCauses } from './result-causes';
import { SelfTestCommand } from './self-test-command';
import { TableChoicesStore } from './table-choices';
import type { TableFinder } from './table-finder';
import { TestExplorer } from './test-explorer';

/** What the checklist needs of the rest of the extension. */
export interface ChecklistSurroundings {
  readonly commands: Commands;
  readonly projects: Projects;
  readonly subjects: Subjects;
  readonly reader: PushReader;
  readonly tables: TableFinder;
  readonly pushes: Pushes;
  readonly localFlux: LocalFluxService;
  /** The workspace state. */
  readonly memento: vscode.Memento;
  readonly log: Log;
}

/** The checklist in the editor: the run, what goes before it, and everywhere its results go. */
export class ChecklistFeature implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly service: ChecklistService;
  readonly testExplorer: TestExplorer;
  /** What the panel shows besides the run. */
  readonly panelSources: PanelSources;

  constructor({
    commands,
    projects,
    subjects,
    reader,
    tables,
    pushes,
    localFlux,
    memento,
    log,
  }: ChecklistSurroundings) {
    const own = <T extends vscode.Disposable>(item: T): T => this.#store.add(item);
    const choices = own(new TableChoicesStore(memento));
    const journal = own(new JournalMemento(memento));
    const plans = new PlanFinder(tables, choices, ENGINE);
    const consent = new HostConsent(memento);
    const preparation = new RunPreparation(projects, subjects, plans, choices, journal, consent, localFlux);
    this.service = own(new ChecklistService(commands, preparation, ENGINE, journal, log));
    const changes = [pushes.onDidChange, choices.onDidChange];
    this.testExplorer = own(new TestExplorer(this.service, plans, ENGINE, changes, log));
    const causes = own(new ResultCauses(this.service, tables, ENGINE, changes, log));
    this.panelSources = {
      causeOf: (folder, result) => causes.of(folder, result),
      extrasOf: folder => ({
        profile: projects.profileNameOf(folder),
        appRoute: projects.appOf(folder).route,
      }),
    };
    own(new ChecklistMenus(this.service));
    own(new ChecklistProblems(this.service, tables, ENGINE));
    own(new ChooseTables(commands, choices, preparation));
    own(new GiveValue(commands, this.service, plans, choices));
    own(new PlanPages(commands, preparation, ENGINE));
    own(registerModeCommand(commands));
    own(registerExportCommand(commands, this.service, causes, ENGINE));
    own(new SelfTestCommand(commands, localFlux, projects, reader, choices));
    own(new LeftRows(commands, journal, preparation, projects, ENGINE)).offer();
  }

  dispose(): void {
    this.#store.dispose();
  }
}
