import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import {
  parseToHost,
  type PanelState,
  type PanelSubject,
  type SubjectAction,
  type ToPanel,
} from '../../panel/messages';
import type { ChecklistService } from '../checklist/checklist-service';
import { DisposableStore } from '../disposables';
import type { Log } from '../log';
import type { Projects } from '../project/projects';
import { readSettings } from '../settings';
import type { LocalFluxService } from '../stack/local-flux-service';
import type { Subjects } from '../tokens/subjects';
import type { TokenCommands } from '../tokens/token-commands';
import { currentFolder } from '../workspace-files';
import { ChecklistActions } from './checklist-actions';
import { panelHtml } from './panel-html';
import { showChecklistMenu, showSubjectMenu } from './panel-menus';
import type { PanelSources } from './panel-sources';
import { panelChecklist, panelProject, usualMilliseconds } from './panel-state';

/** Id of the view in the manifest. */
const VIEW = 'fluxRls.panel';

/** The sidebar page: it shows state and asks for commands, and the host decides. */
export class PanelView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  #view: vscode.WebviewView | undefined;
  #shown: PanelState | undefined;
  /** Counts what was to be shown, so that an older state never replaces a newer one. */
  #turn = 0;
  #folder: vscode.WorkspaceFolder | undefined;
  readonly #actions: ChecklistActions;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly projects: Projects,
    private readonly subjects: Subjects,
    private readonly tokens: TokenCommands,
    private readonly checklist: ChecklistService,
    private readonly localFlux: LocalFluxService,
    private readonly log: Log,
    private readonly sources: PanelSources = {},
  ) {
    this.#actions = new ChecklistActions(projects, checklist, sources);
    this.#store.add(vscode.window.registerWebviewViewProvider(VIEW, this));
    const show = (): void => {
      void this.#show();
    };
    for (const event of [
      projects.onDidChange,
      subjects.onDidChange,
      tokens.onDidMint,
      checklist.onDidChange,
      localFlux.onDidChange,
      vscode.window.onDidChangeActiveTextEditor,
    ] as vscode.Event<unknown>[]) {
      this.#store.add(event(show));
    }
  }

  /** What the page was sent last; undefined until it asked. */
  get shown(): PanelState | undefined {
    return this.#shown;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const { webview } = view;
    const dist = vscode.Uri.joinPath(this.extension, 'dist');
    const media = vscode.Uri.joinPath(this.extension, 'media');
    webview.options = { enableScripts: true, localResourceRoots: [dist, media] };
    const uri = (folder: vscode.Uri, name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      script: uri(dist, 'panel.js'),
      styles: [uri(dist, 'codicon.css'), uri(media, 'panel.css')],
    });
    webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#turn++;
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = parseToHost(message);
    switch (parsed?.type) {
      case 'ready':
        await this.#show();
        break;
      case 'command':
        await vscode.commands.executeCommand(parsed.command);
        break;
      case 'subject':
        await actOnSubject(parsed.action, parsed.subject);
        break;
      case 'checklist':
        await this.#actions.act(parsed.action, parsed.target, this.#currentFolder());
        break;
      case 'menu':
        await showChecklistMenu();
        break;
      case undefined:
        this.log.error('The panel sent something that is no message of its protocol.');
    }
  }

  async #show(): Promise<void> {
    const turn = ++this.#turn;
    if (!this.#view) return;
    const state = await this.#state();
    if (turn !== this.#turn) return;
    const message: ToPanel = { type: 'state', state };
    if (await this.#view.webview.postMessage(message)) this.#shown = state;
  }

  /** The folder at hand; the one before while no editor says which, as when a preview is in front. */
  #currentFolder(): vscode.WorkspaceFolder | undefined {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const before = folders.find(folder => folder === this.#folder);
    this.#folder = currentFolder() ?? before ?? folders[0];
    return this.#folder;
  }

  async #state(): Promise<PanelState> {
    const folder = this.#currentFolder();
    const run = this.checklist.runOf(folder);
    const extras = { ...(folder && this.sources.extrasOf?.(folder)), milliseconds: usualMilliseconds(run) };
    return {
      trusted: vscode.workspace.isTrusted,
      project: folder ? panelProject(await this.projects.of(folder), extras) : null,
      localFlux: this.localFlux.state,
      subjects: folder ? this.#subjects(folder) : [],
      checklist: panelChecklist(run, folder ? this.subjects.marks(folder) : [], result =>
        folder ? this.sources.causeOf?.(folder, result) : undefined,
      ),
    };
  }

  #subjects(folder: vscode.WorkspaceFolder): PanelSubject[] {
    const { tokenRole } = readSettings(folder.uri);
    return this.subjects.marks(folder).map(mark => {
      const { label = '', role = tokenRole, claims = {} } = this.subjects.find(folder, mark.subject);
      const { expiresAt = null, lifetime = 0 } = this.tokens.lifeOf(folder, mark.subject) ?? {};
      return { ...mark, label, role, claims: Object.keys(claims), expiresAt, lifetime };
    });
  }
}

async function actOnSubject(action: SubjectAction, subject: string): Promise<void> {
  switch (action) {
    case 'copyToken':
      await vscode.commands.executeCommand('fluxRls.mintToken', subject);
      break;
    case 'renewToken':
      await vscode.commands.executeCommand('fluxRls.renewToken', subject);
      break;
    case 'more':
      await showSubjectMenu(subject);
      break;
  }
}
