import * as vscode from 'vscode';
import { readOnly } from '../../database/read-only';
import { databaseAddress, DatabaseUnreachable } from '../../database/unreachable';
import { DATABASE_VARIABLES } from '../../flux/project';
import { Secret } from '../../flux/secret';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { tell, type Offer } from '../notify';
import type { Projects } from '../project/projects';
import { requireFolder } from '../project/require';
import { SecretStore } from '../secrets';
import type { LocalFluxService } from '../stack/local-flux-service';

/** What leads to another database URL. */
export const ENTER_DATABASE_URL: Offer = {
  label: 'Enter Database URL…',
  run: () => vscode.commands.executeCommand('fluxRls.enterDatabaseUrl'),
};

/** The database of each folder: the running local Flux's, the one that was entered, else that of the `.env` files. */
export class DatabaseUrls implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #entered: SecretStore;

  constructor(
    commands: Commands,
    storage: vscode.SecretStorage,
    private readonly projects: Projects,
    private readonly localFlux: LocalFluxService,
  ) {
    this.#entered = new SecretStore(storage, 'fluxRls.databaseUrls');
    this.#store.add(commands.register('fluxRls.enterDatabaseUrl', () => this.#enter()));
    this.#store.add(
      commands.register('fluxRls.forgetDatabaseUrl', () => this.#forget(), { needsTrust: false }),
    );
  }

  async of(folder: vscode.WorkspaceFolder): Promise<Secret | undefined> {
    const local = this.localFlux.runningFor(folder);
    if (local) return new Secret(local.databaseUrl);
    return (await this.#entered.get(folder.uri)) ?? (await this.projects.of(folder)).databaseUrl?.value;
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #enter(): Promise<void> {
    const folder = await requireFolder();
    const url = await vscode.window.showInputBox({
      title: `Database URL of ${folder.name}`,
      prompt: `For read-only audits. It is kept in VS Code’s SecretStorage on this machine and outranks ${DATABASE_VARIABLES.join(' and ')}.`,
      placeHolder: 'postgres://user:password@host:5432/database',
      password: true,
      ignoreFocusOut: true,
      validateInput: objectionTo,
    });
    if (url === undefined || url.trim() === '') return;
    const { host, database } = await this.#tried(url.trim());
    await this.#entered.set(folder.uri, url.trim());
    tell(`the database ${database} at ${host} answers, and its URL is kept.`, {
      label: 'Audit Live Database',
      run: () => vscode.commands.executeCommand('fluxRls.auditLiveDatabase'),
    });
  }

  /** A URL is kept only when it leads to a database. */
  async #tried(url: string): Promise<ReturnType<typeof databaseAddress>> {
    try {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: 'Flux RLS: connecting to the database' },
        async () => readOnly(url, query => query('select 1')),
      );
    } catch (error) {
      if (error instanceof DatabaseUnreachable) throw new ActionableError(error.message, ENTER_DATABASE_URL);
      throw error;
    }
    return databaseAddress(url);
  }

  async #forget(): Promise<void> {
    const folder = await requireFolder();
    await this.#entered.forget(folder.uri);
    void vscode.window.setStatusBarMessage('$(database) Flux RLS: database URL forgotten', 3000);
  }
}

function objectionTo(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    databaseAddress(text.trim());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
