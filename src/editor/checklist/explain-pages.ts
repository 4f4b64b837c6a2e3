import * as vscode from 'vscode';
import { explanationMarkdown, type Links, type Locate } from '../../checklist/explain-report';
import type { Explanation } from '../../checklist/explain';
import type { SourceFile } from '../../sql/source-file';
import { showMarkdown } from '../markdown-page';

const SCHEME = 'flux-rls-answer';

/** Read-only pages with explanations; no token gets this far. */
export class ExplainPages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? 'Run the command again to see this page.';
  }

  /** Shows an explanation; places link to the lines of `files`, whose names are URIs. */
  async show(title: string, explanation: Explanation, files: readonly SourceFile[]): Promise<void> {
    this.put(title, explanation, files);
    await showMarkdown(pageUri(title));
  }

  /** Writes a page, whether it is shown or not. */
  put(title: string, explanation: Explanation, files: readonly SourceFile[]): void {
    const uri = pageUri(title);
    const page = [`# ${title}`, ...explanationMarkdown(explanation, locateIn(files), LINKS(files))];
    this.#texts.set(uri.path, page.join('\n\n').concat('\n'));
    this.#changed.fire(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

function pageUri(title: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '∕')}.md` });
}

/** Line, column and the name that people know a file by. */
export function locateIn(files: readonly SourceFile[]): Locate {
  return ({ file, start }) => {
    const source = files.find(({ name }) => name === file);
    return source && { ...source.lines.at(start), file: nameOf(file) };
  };
}

function nameOf(file: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(file), false);
}

/** The preview follows paths of the workspace and lines, and no commands. */
const LINKS = (files: readonly SourceFile[]): Links => ({
  place: (place, words) => {
    const at = locateIn(files)(place);
    if (!at?.file) return `\`${words}\``;
    const path = at.file.split('/').map(encodeURIComponent).join('/');
    return `[\`${words}\`](/${path}#L${at.line})`;
  },
  fix: ({ rules }) => (rules.length > 0 ? 'the lightbulb there offers the fixes of the linter' : ''),
  rule: id => `\`${id}\``,
});
