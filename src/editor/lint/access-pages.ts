import * as vscode from 'vscode';
import { relationKey } from '../../schema/model';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { showMarkdown } from '../markdown-page';
import { accessMarkdown } from './access-text';
import { tableAt } from './access-hover';
import { isLinted } from './documents';
import type { LintService } from './lint-service';
import type { Push, Pushes } from './pushes';

const SCHEME = 'flux-rls-access';

/** A table, by its key, in the push of a document. */
export interface AccessTarget {
  /** URI of the document. */
  readonly document: string;
  readonly table: string;
}

/** "Show Who May Do What": the access table of a table as a page, kept up to date while it is open. */
export class AccessPages implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.Uri>());

  readonly onDidChange = this.#changed.event;

  constructor(
    commands: Commands,
    private readonly pushes: Pushes,
    service: LintService,
  ) {
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.#store.add(
      commands.register('fluxRls.showAccess', target => this.#show(target), { needsTrust: false }),
    );
    this.#store.add(
      service.onDidLint(() => {
        for (const { uri } of vscode.workspace.textDocuments)
          if (uri.scheme === SCHEME) this.#changed.fire(uri);
      }),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { document, table } = JSON.parse(uri.query) as AccessTarget;
    const push = await this.pushes.settled(
      await vscode.workspace.openTextDocument(vscode.Uri.parse(document)),
    );
    const tables = push?.tablesOf(table) ?? [];
    const text = tables.length > 0 ? accessMarkdown(tables) : 'The SQL has no such table any more.';
    return `# Who may do what\n\n${text}\n`;
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #show(given?: AccessTarget): Promise<void> {
    const target = given ?? (await this.#targetAtCursor());
    if (!target) return;
    const name = target.table.replace(/^.*\./, '').replaceAll('/', '∕');
    await showMarkdown(
      vscode.Uri.from({ scheme: SCHEME, path: `/${name}.md`, query: JSON.stringify(target) }),
    );
  }

  /** The table at the cursor, else one of the push that the person picks. */
  async #targetAtCursor(): Promise<AccessTarget | undefined> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !isLinted(editor.document))
      throw new ActionableError('Open the SQL file of the table first.');
    const { document, selection } = editor;
    const push = await this.pushes.settled(document);
    if (!push) return undefined;
    const table = tableAt(push, document, selection.active)?.key ?? (await pickTable(push));
    return table === undefined ? undefined : { document: document.uri.toString(), table };
  }
}

async function pickTable({ models: [model] }: Push): Promise<string | undefined> {
  const tables = [...(model?.tables.values() ?? [])].filter(
    ({ created, temporary }) => created && !temporary,
  );
  if (tables.length === 0) throw new ActionableError('This push makes no table.');
  const items = tables.map(({ schema, name, written }) => ({
    label: written,
    key: relationKey(schema, name),
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which table?' });
  return picked?.key;
}
