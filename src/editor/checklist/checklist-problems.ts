import * as vscode from 'vscode';
import type { CheckResult } from '../../checklist/verdict';
import { DisposableStore } from '../disposables';
import { Converter } from '../lint/convert';
import type { ChecklistRun } from './checklist-run';
import type { ChecklistService } from './checklist-service';
import type { ChecklistEngine } from './engine';
import { moved } from './moved-range';
import { answerOf, decisive } from './result-text';
import type { FolderSql, TableFinder } from './table-finder';

/** Name of the checklist in the Problems panel. */
export const CHECKLIST_SOURCE = 'Flux RLS checklist';

interface Problem {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
  /** What stands at the place: once it changes, the proof is of another text. */
  readonly text: string;
}

/** Shows in Problems what the checklist proved and whose cause is in the project's SQL, until it changes or passes. */
export class ChecklistProblems implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #collection = this.#store.add(vscode.languages.createDiagnosticCollection('flux-rls checklist'));
  /** Problems by folder, table, and check. */
  readonly #problems = new Map<string, readonly Problem[]>();
  /** Results of earlier runs, which later runs repeat where they did not ask again. */
  readonly #seen = new WeakSet<CheckResult>();

  constructor(
    checklist: ChecklistService,
    private readonly tables: TableFinder,
    private readonly engine: ChecklistEngine,
  ) {
    this.#store.add(checklist.onDidEnd(run => this.#judge(run)));
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.#follow(document, contentChanges);
      }),
    );
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher('**/*.sql', true, false, false));
    this.#store.add(
      watcher.onDidDelete(uri => {
        this.#keepOnly(uri, () => undefined);
      }),
    );
    this.#store.add(watcher.onDidChange(uri => this.#readAgain(uri)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #judge({ folder, state, url, results }: ChecklistRun): Promise<void> {
    // A run that could not ask has proved nothing and disproved nothing.
    if (!folder || state === 'failed') return;
    const fresh = results.filter(result => !this.#seen.has(result));
    const sql = await this.tables.sqlOf(folder);
    for (const result of fresh) {
      this.#seen.add(result);
      const key = [folder.uri.toString(), result.table, result.check, result.through ?? ''].join('\n');
      if (result.verdict === 'fail') this.#problems.set(key, this.#problemsOf(result, url, sql));
      else if (result.verdict === 'pass') this.#problems.delete(key);
    }
    this.#show();
  }

  #problemsOf(result: CheckResult, url: string, { model, files }: FolderSql): Problem[] {
    const convert = new Converter(files);
    return this.engine.causes(result, model).map(({ place }) => {
      const uri = vscode.Uri.parse(place.file);
      const range = convert.range(place);
      const message = `Proved at ${new URL(url).host}: ${result.message} ${result.advice}`.trim();
      const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
      diagnostic.source = CHECKLIST_SOURCE;
      diagnostic.code = result.check;
      const asked = decisive(result);
      if (asked) {
        diagnostic.relatedInformation = [
          new vscode.DiagnosticRelatedInformation(
            new vscode.Location(uri, range),
            `${asked.method} ${asked.path} as ${asked.as} → ${answerOf(asked)}`,
          ),
        ];
      }
      const text = files.find(({ name }) => name === place.file)?.text.slice(place.start, place.end) ?? '';
      return { uri, diagnostic, text };
    });
  }

  #follow(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.#keepOnly(document.uri, ({ diagnostic, text }) => {
      const range = changes.reduce((before, change) => moved(before, change), diagnostic.range);
      return document.getText(range) === text ? range : undefined;
    });
  }

  async #readAgain(uri: vscode.Uri): Promise<void> {
    if (!this.#collection.has(uri)) return;
    const document = await vscode.workspace.openTextDocument(uri);
    this.#keepOnly(uri, ({ diagnostic, text }) =>
      document.getText(diagnostic.range) === text ? diagnostic.range : undefined,
    );
  }

  /** Moves the problems of a file, and drops those that have no place any more. */
  #keepOnly(uri: vscode.Uri, placeOf: (problem: Problem) => vscode.Range | undefined): void {
    if (!this.#collection.has(uri)) return;
    for (const [key, problems] of this.#problems) {
      const kept = problems.filter(problem => {
        if (problem.uri.toString() !== uri.toString()) return true;
        const range = placeOf(problem);
        if (range) problem.diagnostic.range = range;
        return range !== undefined;
      });
      this.#problems.set(key, kept);
    }
    this.#show();
  }

  #show(): void {
    this.#collection.clear();
    const byFile = new Map<string, Problem[]>();
    for (const problem of [...this.#problems.values()].flat()) {
      const file = problem.uri.toString();
      byFile.set(file, [...(byFile.get(file) ?? []), problem]);
    }
    for (const [file, problems] of byFile) {
      this.#collection.set(
        vscode.Uri.parse(file),
        problems.map(({ diagnostic }) => diagnostic),
      );
    }
  }
}
