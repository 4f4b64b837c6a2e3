import * as vscode from 'vscode';
import type { CheckId } from '../../checklist/check-ids';
import { explain, type ExplainContext, type Explanation } from '../../checklist/explain';
import { explainResult } from '../../checklist/explain-result';
import { readPasted } from '../../checklist/read-pasted';
import { modelFromStatements } from '../../schema/from-statements';
import type { SourceFile } from '../../sql/source-file';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { LintService } from '../lint/lint-service';
import type { PushReader } from '../lint/push-reader';
import type { Projects } from '../project/projects';
import { currentFolder, pickFolder } from '../workspace-files';
import type { ChecklistRun } from './checklist-run';
import { ExplainPages } from './explain-pages';
import { offerFix } from './explain-fix';

/** A result of the last run, as the panel and the tests name it. */
export interface ExplainTarget {
  readonly table: string;
  readonly check: CheckId;
  readonly through?: string | undefined;
}

/** Where results of runs are found. */
export interface RunsByFolder {
  runOf(folder: vscode.WorkspaceFolder | undefined): ChecklistRun;
}

/** "Explain Answer": who answered, why, and what to do, for a result of the last run or for what was copied. */
export class ExplainAnswer implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #pages = this.#store.add(new ExplainPages());

  constructor(
    commands: Commands,
    private readonly projects: Projects,
    private readonly reader: PushReader,
    private readonly lint: LintService,
    private readonly checklist: RunsByFolder,
  ) {
    // It sends nothing and reads no secret.
    this.#store.add(
      commands.register('fluxRls.explainAnswer', target => this.#explain(target), { needsTrust: false }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #explain(target: ExplainTarget | undefined): Promise<void> {
    const folder = target ? await pickFolder() : currentFolder();
    const pasted = target ? undefined : await pastedText();
    if (!target && pasted === undefined) return;
    const { context, files } = await this.#contextOf(folder);
    const explanation = target ? this.#ofResult(target, folder, context) : explainText(pasted ?? '', context);
    const title = target ? `${target.through ?? target.table} · ${target.check}` : 'Answer explained';
    await this.#pages.show(title, explanation, files);
    await offerFix(explanation.causes, files, this.lint);
  }

  #ofResult(
    { table, check, through }: ExplainTarget,
    folder: vscode.WorkspaceFolder | undefined,
    context: ExplainContext,
  ): Explanation {
    const result = this.checklist
      .runOf(folder)
      .results.find(found => found.table === table && found.check === check && found.through === through);
    if (!result)
      throw new ActionableError(
        `The last run has no result of ${check} on ${table}. Run the checklist again.`,
      );
    const explanation = explainResult(result, context);
    if (explanation) return explanation;
    throw new ActionableError(`There is nothing to explain: ${result.message}`);
  }

  /** What the project's settings and its SQL tell. */
  async #contextOf(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<{ readonly context: ExplainContext; readonly files: readonly SourceFile[] }> {
    const now = Math.floor(Date.now() / 1000);
    if (!folder) return { context: { now }, files: [] };
    const project = await this.projects.of(folder);
    const engine = project.engine?.value;
    const files = await this.reader.parse(await this.reader.defaultPushOf(folder.uri));
    const model =
      files.length === 0
        ? undefined
        : modelFromStatements(files, { engine: engine ?? 'v2_shared', apiSchema: project.schema?.value });
    return { context: { engine, model, now }, files };
  }
}

function explainText(text: string, context: ExplainContext): Explanation {
  const answer = readPasted(text);
  if (answer.kind === 'no answer') throw new ActionableError(answer.reason);
  return explain(answer, context);
}

/** The clipboard when it holds an answer, else the selected text, else what the person types. */
async function pastedText(): Promise<string | undefined> {
  const copied = await vscode.env.clipboard.readText();
  if (readPasted(copied).kind === 'answer') return copied;
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection) ?? '';
  if (selected.trim() !== '') return selected;
  return vscode.window.showInputBox({
    title: 'Explain answer',
    prompt: 'Paste the error, its JSON or its code. For more, copy what curl -i shows, and run this again.',
    placeHolder: '{"code":"42501","message":"permission denied for table notes"}',
    ignoreFocusOut: true,
    validateInput: text => {
      if (text.trim() === '') return undefined;
      const read = readPasted(text);
      return read.kind === 'no answer' ? read.reason : undefined;
    },
  });
}
