import * as vscode from 'vscode';

const SCHEME = 'flux-rls-scaffold';

/** Shows a file beside the text that would replace it. */
export class DiffPages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  async show(existing: vscode.Uri, path: string, after: string): Promise<void> {
    const proposed = vscode.Uri.from({ scheme: SCHEME, path: `/${path}` });
    this.#texts.set(proposed.path, after);
    await vscode.commands.executeCommand('vscode.diff', existing, proposed, `${path}: yours ↔ the guide's`, {
      preview: true,
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
