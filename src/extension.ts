import * as vscode from 'vscode';
import { ChecklistFeature } from './editor/checklist/checklist-feature';
import type { ChecklistService } from './editor/checklist/checklist-service';
import type { TestExplorer } from './editor/checklist/test-explorer';
import { ExplainAnswer } from './editor/checklist/explain-answer';
import { TableFinder } from './editor/checklist/table-finder';
import { Commands } from './editor/commands';
import { DatabaseUrls } from './editor/database/database-urls';
import { LiveAuditCommand } from './editor/database/live-audit-command';
import { AccessHover } from './editor/lint/access-hover';
import { AccessLens } from './editor/lint/access-lens';
import { AccessPages } from './editor/lint/access-pages';
import { CodeActions } from './editor/lint/code-actions';
import { Diagnostics } from './editor/lint/diagnostics';
import { FixAll } from './editor/lint/fix-all';
import { LintService } from './editor/lint/lint-service';
import { LintStatus } from './editor/lint/lint-status';
import { LintTasks } from './editor/lint/lint-tasks';
import { PushPlaces } from './editor/lint/push-places';
import { PushReader } from './editor/lint/push-reader';
import { Pushes } from './editor/lint/pushes';
import { RuleDocs } from './editor/lint/rule-docs';
import { SuppressCommand } from './editor/lint/suppress-command';
import { Symbols } from './editor/lint/symbols';
import { Log } from './editor/log';
import { PanelView } from './editor/panel/panel-view';
import { ProfileChoice } from './editor/project/profile-choice';
import { ProfileCommands } from './editor/project/profile-commands';
import { ProjectCommands } from './editor/project/project-commands';
import { Projects } from './editor/project/projects';
import { ScaffoldWizard } from './editor/scaffold/scaffold-wizard';
import { SecretStore } from './editor/secrets';
import { LocalFluxCommands } from './editor/stack/local-flux-commands';
import { LocalFluxService } from './editor/stack/local-flux-service';
import { Subjects } from './editor/tokens/subjects';
import { TokenCommands } from './editor/tokens/token-commands';

/** What has to be stopped in order, and waited for, when the window closes. */
let running: { readonly checklist: ChecklistService; readonly localFlux: LocalFluxService } | undefined;

/** What tests inside VS Code may look at; nobody gets it in a normal window. */
export interface TestHandle {
  readonly checklist: ChecklistService;
  readonly lintStatus: LintStatus;
  readonly localFlux: LocalFluxService;
  readonly panel: PanelView;
  readonly testExplorer: TestExplorer;
  readonly workspaceState: vscode.Memento;
}

export function activate(context: vscode.ExtensionContext): TestHandle | undefined {
  const { extensionUri, globalStorageUri, workspaceState, subscriptions } = context;
  const own = <T extends vscode.Disposable>(feature: T): T => {
    subscriptions.push(feature);
    return feature;
  };

  const log = own(new Log());
  const commands = new Commands(log);
  const secrets = new SecretStore(context.secrets);
  const localFlux = own(new LocalFluxService(extensionUri, globalStorageUri, log));
  const profile = own(new ProfileChoice(workspaceState));
  const projects = own(new Projects(secrets, localFlux, profile));
  const reader = new PushReader();
  const tables = new TableFinder(reader, projects);
  const subjects = own(new Subjects(workspaceState));

  const pushes = own(new Pushes(reader, projects));
  const lint = own(new LintService(pushes, log));
  own(new Diagnostics(lint));
  own(new CodeActions(lint, new FixAll(lint, reader)));
  own(new SuppressCommand(commands, lint));
  own(new RuleDocs(commands));
  own(new AccessHover(pushes));
  own(new AccessPages(commands, pushes, lint));
  own(new AccessLens(pushes, lint));
  own(new Symbols(pushes));
  const places = own(new PushPlaces());
  const lintStatus = own(new LintStatus(projects, places, lint));
  own(new LintTasks(commands, places, pushes, lint));
  own(new ProjectCommands(commands, projects, secrets));
  const databases = own(new DatabaseUrls(commands, context.secrets, projects, localFlux));
  own(new LiveAuditCommand(commands, databases, projects, reader));
  own(new ProfileCommands(commands, profile));
  const tokens = own(new TokenCommands(commands, projects, subjects, tables));
  const memento = workspaceState;
  const around = { commands, projects, subjects, reader, tables, pushes, localFlux, memento, log };
  const { service: checklist, testExplorer, panelSources } = own(new ChecklistFeature(around));
  own(new ExplainAnswer(commands, projects, reader, lint, checklist, databases));
  own(new ScaffoldWizard(commands, projects));
  own(new LocalFluxCommands(commands, localFlux, projects, reader));
  const panel = own(
    new PanelView(extensionUri, projects, subjects, tokens, checklist, localFlux, log, panelSources),
  );
  own(
    commands.register(
      'fluxRls.showLog',
      () => {
        log.show();
      },
      { needsTrust: false },
    ),
  );

  running = { checklist, localFlux };
  lint.lintOpenDocuments();
  const isTest = context.extensionMode === vscode.ExtensionMode.Test;
  return isTest ? { checklist, lintStatus, localFlux, panel, testExplorer, workspaceState } : undefined;
}

export async function deactivate(): Promise<void> {
  await running?.checklist.stop();
  await running?.localFlux.stop();
}
