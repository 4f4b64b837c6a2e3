import * as vscode from 'vscode';
import { answerInWords } from '../../checklist/report/in-words';
import { CHECK_IDS, type CheckId } from '../../checklist/check-ids';
import type { CheckResult } from '../../checklist/verdict';
import { DisposableStore } from '../disposables';
import { Converter } from '../lint/convert';
import type { ChecklistRun } from './checklist-run';
import type { ChecklistService } from './checklist-service';
import type { ChecklistEngine } from './engine';
import { moved } from './moved-range';
import { decisive } from './result-text';
import type { FolderSql, TableFinder } from './table-finder';

/** Name of the checklist in the Problems panel. */
export const CHECKLIST_SOURCE = 'Flux RLS checklist';

interface Problem {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
  /** The same for problems that one change mends. */
  readonly cause: string;
  /** The statement that holds the cause: once it changes, the proof is of another text. */
  statement: vscode.Range;
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
        if (contentChanges.length > 0) this.#follow(document, contentChanges);
      }),
    );
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher('**/*.sql', true, false, false));
    this.#store.add(
      watcher.onDidDelete(uri => {
        this.#drop(uri);
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

  /** At the likeliest place: a problem that is shown twice reads like two. */
  #problemsOf(result: CheckResult, url: string, { model, files }: FolderSql): Problem[] {
    const convert = new Converter(files);
    return this.engine
      .causes(result, model)
      .slice(0, 1)
      .map(({ place }) => {
        const uri = vscode.Uri.parse(place.file);
        const range = convert.range(place);
        // What is wrong stands first: a list of problems cuts off the end.
        const told = [result.message, result.advice].filter(text => text !== '');
        const message = [...told, `Proved at ${new URL(url).host}.`].join(' ');
        const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
        diagnostic.source = CHECKLIST_SOURCE;
        diagnostic.code = result.check;
        const asked = decisive(result);
        if (asked) {
          diagnostic.relatedInformation = [
            new vscode.DiagnosticRelatedInformation(
              new vscode.Location(uri, range),
              `${asked.method} ${asked.path} as ${asked.as} → ${answerInWords(asked)}`,
            ),
          ];
        }
        const { file, start, end } = place.statement;
        const text = files.find(({ name }) => name === file)?.text.slice(start, end) ?? '';
        const cause = [result.table, result.cause, result.advice].join('\n');
        return { uri, diagnostic, cause, statement: convert.range(place.statement), text };
      });
  }

  #follow(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.#keepOnly(document, problem => {
      for (const change of changes) {
        problem.statement = moved(problem.statement, change);
        problem.diagnostic.range = moved(problem.diagnostic.range, change);
      }
    });
  }

  async #readAgain(uri: vscode.Uri): Promise<void> {
    if (!this.#collection.has(uri)) return;
    this.#keepOnly(await vscode.workspace.openTextDocument(uri));
  }

  /** Moves the problems of a file, and drops those whose statement is not what it was. */
  #keepOnly(document: vscode.TextDocument, move: (problem: Problem) => void = () => undefined): void {
    if (!this.#collection.has(document.uri)) return;
    for (const [key, problems] of this.#problems) {
      const kept = problems.filter(problem => {
        if (problem.uri.toString() !== document.uri.toString()) return true;
        move(problem);
        return document.getText(problem.statement) === problem.text;
      });
      this.#problems.set(key, kept);
    }
    this.#show();
  }

  #drop(uri: vscode.Uri): void {
    for (const [key, problems] of this.#problems) {
      this.#problems.set(
        key,
        problems.filter(problem => problem.uri.toString() !== uri.toString()),
      );
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
      this.#collection.set(vscode.Uri.parse(file), byCause(problems));
    }
  }
}

/** One diagnostic for all checks that fail for one cause at one place, in the order of the checks. */
function byCause(problems: readonly Problem[]): vscode.Diagnostic[] {
  const rank = ({ diagnostic }: Problem): number => CHECK_IDS.indexOf(diagnostic.code as CheckId);
  const groups = new Map<string, vscode.Diagnostic[]>();
  for (const { cause, diagnostic } of [...problems].sort((one, other) => rank(one) - rank(other))) {
    const { line, character } = diagnostic.range.start;
    const key = `${line}:${character} ${cause}`;
    groups.set(key, [...(groups.get(key) ?? []), diagnostic]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return first ?? [];
    const more = others.length === 1 ? '1 more check fails' : `${others.length} more checks fail`;
    const shown = new vscode.Diagnostic(first.range, `${first.message} ${more} for it.`, first.severity);
    shown.source = CHECKLIST_SOURCE;
    if (first.code !== undefined) shown.code = first.code;
    shown.relatedInformation = [first, ...others].flatMap(
      ({ relatedInformation }) => relatedInformation ?? [],
    );
    return shown;
  });
}
