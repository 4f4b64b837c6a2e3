import * as vscode from 'vscode';
import { DisposableStore } from '../disposables';
import { Converter } from './convert';
import type { LintResult, LintService } from './lint-service';

/** Shows the findings of a push in Problems, also those in files that are not open. */
export class Diagnostics implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #collection = this.#store.add(vscode.languages.createDiagnosticCollection('flux-rls'));

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
}
