import * as vscode from 'vscode';
import { showMarkdown } from '../markdown-page';

const SCHEME = 'flux-rls-claims';

/** Read-only pages with claims; they live while their tab does and never hold a token. */
export class ClaimsPages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? 'Run the command again to see this page.';
  }

  /** Shows a page of Markdown paragraphs, rendered where VS Code can. */
  async show(title: string, paragraphs: readonly string[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '∕')}.md` });
    this.#texts.set(uri.path, [`# ${title}`, ...paragraphs].join('\n\n').concat('\n'));
    this.#changed.fire(uri);
    await showMarkdown(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
