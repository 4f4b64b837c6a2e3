import * as vscode from 'vscode';
import { showMarkdown } from '../markdown-page';
import { ruleMarkdown } from '../../lint/docs';
import { findRule, RULES } from '../../lint/rules';
import type { Commands } from '../commands';
import { DisposableStore } from '../disposables';

const SCHEME = 'flux-rls-rule';

/** "Explain Rule": the documentation of a rule as a rendered page. */
export class RuleDocs implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #store = new DisposableStore();

  constructor(commands: Commands) {
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.#store.add(commands.register('fluxRls.explainRule', id => this.#explain(id), { needsTrust: false }));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const id = uri.path.replace(/^\/|\.md$/g, '');
    const rule = findRule(id);
    return rule ? ruleMarkdown(rule) : `There is no rule ${id}.`;
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #explain(id?: string): Promise<void> {
    const chosen = findRule(id ?? '') ?? (await this.#pick());
    if (!chosen) return;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${chosen.id}.md` });
    await showMarkdown(uri);
  }

  async #pick(): Promise<(typeof RULES)[number] | undefined> {
    const items = RULES.map(rule => ({
      label: rule.title,
      description: rule.id,
      detail: rule.docs.what,
      rule,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      placeHolder: 'Which rule?',
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return picked?.rule;
  }
}
