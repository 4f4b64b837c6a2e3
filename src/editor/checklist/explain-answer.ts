import * as vscode from 'vscode';
import { explain, type ExplainContext, type Explanation } from '../../checklist/explain';
import { confirmed, withoutDatabase } from '../../checklist/explain-in-database';
import { explainResult } from '../../checklist/explain-result';
import { readPasted } from '../../checklist/read-pasted';
import { readOnly } from '../../database/read-only';
import { databaseName } from '../../database/unreachable';
import { ActionableError, type Commands } from '../commands';
import type { DatabaseUrls } from '../database/database-urls';
import { DisposableStore } from '../disposables';
import type { LintService } from '../lint/lint-service';
import type { PushReader } from '../lint/push-reader';
import type { Projects } from '../project/projects';
import { currentFolder } from '../workspace-files';
import { offerFix } from './explain-fix';
import { registerFixCommand } from './explain-fix-command';
import { ExplainPages } from './explain-pages';
import {
  ExplainProject,
  explainTargetIn,
  folderOf,
  resultIn,
  type ExplainTarget,
  type KnownProject,
  type RunsByFolder,
} from './explain-project';

/** "Explain Answer": who answered, why, and what to do, for a result of the last run or for what was copied. */
export class ExplainAnswer implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #pages = this.#store.add(new ExplainPages());
  readonly #project: ExplainProject;

  constructor(
    commands: Commands,
    projects: Projects,
    reader: PushReader,
    private readonly lint: LintService,
    private readonly checklist: RunsByFolder,
    private readonly databases: DatabaseUrls,
  ) {
    this.#project = new ExplainProject(projects, reader);
    this.#store.add(registerFixCommand(commands, this.#project, lint, checklist));
    this.#store.add(
      commands.register('fluxRls.explainAnswer', value => this.#explain(explainTargetIn(value)), {
        // Without trust it sends nothing and reads no secret.
        needsTrust: false,
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #explain(target: ExplainTarget | undefined): Promise<void> {
    const folder = target ? await folderOf(target) : currentFolder();
    const result = target && resultIn(this.checklist.runOf(folder), target);
    const pasted = target ? undefined : await pastedText();
    if (!result && pasted === undefined) return;
    const known = await this.#project.of(folder);
    const explanation = result
      ? explainResult(result, known.context)
      : explainText(pasted ?? '', known.context);
    const title = result ? `${result.through ?? result.table} · ${result.check}` : 'Answer explained';
    await this.#pages.show(title, explanation, known.files);
    // The page stands while a database that is far away takes its time.
    const told = folder && (await this.#inDatabase(explanation, folder, known, result !== undefined));
    if (told && told !== explanation) this.#pages.put(title, told, known.files);
    await offerFix((told ?? explanation).causes, known.files, this.lint);
  }

  /** With what the folder's database says of the causes; undefined where none is known. */
  async #inDatabase(
    explanation: Explanation,
    folder: vscode.WorkspaceFolder,
    { context, schema, gatewayUrl }: KnownProject,
    isOfRun: boolean,
  ): Promise<Explanation | undefined> {
    if (!vscode.workspace.isTrusted || explanation.causes.length === 0) return undefined;
    const url = (await this.databases.of(folder))?.reveal();
    if (url === undefined) return undefined;
    const asked = this.checklist.runOf(folder).url;
    if (isOfRun && gatewayUrl !== asked) {
      const now = gatewayUrl === undefined ? 'has no gateway URL now' : `is at ${gatewayUrl} now`;
      return withoutDatabase(
        explanation,
        `The run asked ${asked}, and the project ${now}: its database was not asked.`,
      );
    }
    const progress = { location: vscode.ProgressLocation.Window, title: 'Flux RLS: asking the database' };
    return vscode.window.withProgress(progress, async () =>
      confirmed(
        explanation,
        { engine: context.engine, schema },
        { name: () => databaseName(url), session: work => readOnly(url, work) },
      ),
    );
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
