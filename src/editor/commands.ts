import * as vscode from 'vscode';
import type { ExportTarget } from './checklist/export-report';
import type { ValueTarget } from './checklist/give-value';
import type { RunTarget } from './checklist/run-target';
import type { ExplainTarget } from './checklist/explain-project';
import type { AccessTarget } from './lint/access-pages';
import type { SuppressionTarget } from './lint/suppress-command';
import type { Log } from './log';
import { tellError, type Offer } from './notify';

/** Every command of the extension with the arguments it takes; all of them are in the manifest. */
export interface CommandArguments {
  'fluxRls.addSubject': [];
  'fluxRls.auditLiveDatabase': [];
  'fluxRls.cancelChecklist': [];
  'fluxRls.chooseChecklistMode': [];
  'fluxRls.chooseProfile': [name?: string];
  'fluxRls.chooseTables': [];
  'fluxRls.cleanUpRows': [];
  'fluxRls.copyAs': [subject?: string];
  'fluxRls.copyCurl': [subject?: string];
  'fluxRls.editSubject': [subject?: string];
  'fluxRls.enterDatabaseUrl': [];
  'fluxRls.enterSecret': [];
  'fluxRls.explainAnswer': [target?: ExplainTarget];
  'fluxRls.explainRule': [id?: string];
  'fluxRls.exportReport': [target?: ExportTarget];
  'fluxRls.fixCause': [target?: ExplainTarget];
  'fluxRls.forgetDatabaseUrl': [];
  'fluxRls.forgetSecret': [];
  'fluxRls.giveValue': [target?: ValueTarget];
  'fluxRls.inspectToken': [];
  'fluxRls.lintWorkspace': [];
  'fluxRls.mintToken': [subject?: string];
  'fluxRls.removeSubject': [subject?: string];
  'fluxRls.renewToken': [subject?: string];
  'fluxRls.runChecklist': [target?: RunTarget | readonly RunTarget[]];
  'fluxRls.scaffold': [];
  'fluxRls.setAppRoute': [];
  'fluxRls.selfTest': [];
  'fluxRls.setGatewayUrl': [];
  'fluxRls.showAccess': [target?: AccessTarget];
  'fluxRls.showChecklistPlan': [];
  'fluxRls.showClaims': [subject?: string];
  'fluxRls.showLog': [];
  'fluxRls.showProjectSettings': [];
  'fluxRls.startLocalFlux': [];
  'fluxRls.stopLocalFlux': [];
  'fluxRls.suppressFinding': [target?: SuppressionTarget];
}

export type CommandId = keyof CommandArguments;

/** An error with the one action that helps; shown as it is. */
export class ActionableError extends Error {
  override readonly name = 'ActionableError';

  constructor(
    message: string,
    readonly action?: Offer,
  ) {
    super(message);
  }
}

/** Registers handlers and is the boundary of their errors: logged, told in one sentence, with one action. */
export class Commands {
  constructor(private readonly log: Log) {}

  /** Registers a command; one that needs trust refuses in a restricted workspace. No command returns anything. */
  register<K extends CommandId>(
    id: K,
    handler: (...args: CommandArguments[K]) => unknown,
    { needsTrust = true }: { readonly needsTrust?: boolean } = {},
  ): vscode.Disposable {
    return vscode.commands.registerCommand(id, async (...args: CommandArguments[K]) => {
      try {
        if (needsTrust && !vscode.workspace.isTrusted) throw untrusted();
        await handler(...args);
      } catch (error) {
        this.#tell(id, error);
      }
    });
  }

  #tell(id: CommandId, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.log.error(`${id}: ${error instanceof Error ? (error.stack ?? message) : message}`);
    const showLog = {
      label: 'Show Log',
      run: () => {
        this.log.show();
      },
    };
    tellError(message, (error instanceof ActionableError ? error.action : undefined) ?? showLog);
  }
}

function untrusted(): ActionableError {
  return new ActionableError(
    'This needs a trusted workspace: it sends requests with your project’s secret.',
    {
      label: 'Manage Workspace Trust',
      run: () => vscode.commands.executeCommand('workbench.trust.manage'),
    },
  );
}
