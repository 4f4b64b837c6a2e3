import * as vscode from 'vscode';
import type { Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { showMarkdown } from '../markdown-page';
import { requireFolder } from '../project/require';
import type { ChecklistEngine } from './engine';
import { planPage } from './plan-page';
import type { RunPreparation } from './prepare-run';

const SCHEME = 'flux-rls-plan';

/** "Show Requests of the Checklist": the dry run as a page that nobody can edit. */
export class PlanPages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.Uri>());
  readonly #texts = new Map<string, string>();

  readonly onDidChange = this.#changed.event;

  constructor(
    commands: Commands,
    private readonly preparation: RunPreparation,
    private readonly engine: ChecklistEngine,
  ) {
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.#store.add(commands.register('fluxRls.showChecklistPlan', () => this.#show()));
  }

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#texts.get(path) ?? 'Run “Show Requests of the Checklist” again.';
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #show(): Promise<void> {
    const folder = await requireFolder();
    const prepared = await this.preparation.collect(folder);
    if (!prepared) return;
    const requests = await this.engine.requests(prepared.options);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${folder.name}: requests.md` });
    this.#texts.set(uri.path, planPage(prepared.options, requests));
    this.#changed.fire(uri);
    await showMarkdown(uri);
  }
}
