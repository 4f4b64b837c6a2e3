import * as vscode from 'vscode';
import { relationKey } from '../../schema/model';
import { DisposableStore } from '../disposables';
import { readSettings } from '../settings';
import type { AccessTarget } from './access-pages';
import { accessSummary } from './access-text';
import { Converter } from './convert';
import { SQL_SELECTOR } from './documents';
import type { LintService } from './lint-service';
import type { Pushes } from './pushes';

/** A line above each CREATE TABLE that says who may do what with the table; a click shows the page. */
export class AccessLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(
    private readonly pushes: Pushes,
    service: LintService,
  ) {
    this.#store.add(vscode.languages.registerCodeLensProvider(SQL_SELECTOR, this));
    // Grants and policies of another file count, and so do settings.
    this.#store.add(
      service.onDidLint(() => {
        this.#changed.fire();
      }),
    );
    this.#store.add(
      pushes.onDidChange(({ typed }) => {
        if (!typed) this.#changed.fire();
      }),
    );
  }

  async provideCodeLenses(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> {
    if (!readSettings(document.uri).codeLens) return [];
    const push = await this.pushes.settled(document, token);
    if (!push) return [];
    const file = document.uri.toString();
    const convert = new Converter(push.files);
    return [...(push.models[0]?.tables.values() ?? [])]
      .filter(({ created, temporary }) => created?.file === file && !temporary)
      .map(({ schema, name, at }) => {
        const key = relationKey(schema, name);
        return new vscode.CodeLens(convert.range(at), {
          command: 'fluxRls.showAccess',
          title: accessSummary(push.tablesOf(key)),
          tooltip: 'Show who may do what',
          arguments: [{ document: file, table: key } satisfies AccessTarget],
        });
      });
  }

  dispose(): void {
    this.#store.dispose();
  }
}
