import * as vscode from 'vscode';
import { DisposableStore } from '../disposables';
import { Converter, SOURCE } from './convert';
import type { LintResult, LintService } from './lint-service';

/** Shows the findings of a push in Problems, also those in files that are not open. */
export class Diagnostics implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #collection = this.#store.add(vscode.languages.createDiagnosticCollection('flux-rls'));
  /** What problem matchers put in the place of findings, once that was put right. */
  readonly #replaced = new WeakSet<vscode.Diagnostic>();

  constructor(service: LintService) {
    this.#store.add(
      service.onDidLint(result => {
        this.#show(result);
      }),
    );
    this.#store.add(
      service.onDidClose(files => {
        for (const file of files) this.#collection.delete(vscode.Uri.parse(file));
      }),
    );
    this.#store.add(
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        for (const uri of uris) if (this.#collection.has(uri)) this.#keep(uri);
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  #show({ push, findings }: LintResult): void {
    const convert = new Converter(push.files);
    for (const { name } of push.files) {
      const own = findings.filter(({ at }) => at.file === name);
      this.#collection.set(
        vscode.Uri.parse(name),
        own.map(finding => convert.diagnostic(finding)),
      );
    }
  }

  /** A lint task speaks of the files on disk, in the name of this collection: what was found in the editor goes first. */
  #keep(uri: vscode.Uri): void {
    const ofTask = vscode.languages
      .getDiagnostics(uri)
      .filter(({ source, code }) => source === SOURCE && typeof code !== 'object');
    if (ofTask.every(found => this.#replaced.has(found))) return;
    for (const found of ofTask) this.#replaced.add(found);
    this.#collection.set(uri, this.#collection.get(uri));
  }
}
