import * as vscode from 'vscode';
import type { Finding } from '../../lint/finding';
import { isSuppressible } from '../../lint/suppression-comment';
import { fileSuppressionEdit, suppressionEdit } from '../../lint/suppression-edit';
import { ActionableError, type Commands } from '../commands';
import { Converter } from './convert';
import type { LintResult, LintService } from './lint-service';

/** A finding to be hidden, by what identifies it in its file. */
export interface SuppressionTarget {
  /** URI of the file. */
  readonly file: string;
  readonly rule: string;
  /** Offset in the file. */
  readonly start: number;
  readonly scope: 'line' | 'file';
}

/** "Suppress Finding…": asks why, and writes a comment that hides the finding and says it. */
export class SuppressCommand implements vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(
    commands: Commands,
    private readonly service: LintService,
  ) {
    this.#registration = commands.register('fluxRls.suppressFinding', target => this.#suppress(target), {
      needsTrust: false,
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async #suppress(given?: SuppressionTarget): Promise<void> {
    const target = given ?? (await this.#pick());
    if (!target) return;
    const reason = await vscode.window.showInputBox({
      title: `Suppress ${target.rule} ${target.scope === 'line' ? 'on this line' : 'in this file'}`,
      prompt: 'Why is it right as it is? The comment will say so.',
      ignoreFocusOut: true,
      validateInput: text =>
        text.trim() === '' ? 'A reason tells the next reader whether it still holds.' : undefined,
    });
    if (reason === undefined || reason.trim() === '') return;
    await this.#write(target, reason.trim());
  }

  /** The finding is looked up again: the text may be another one since it was shown. */
  async #write({ file: name, rule, start, scope }: SuppressionTarget, reason: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(name));
    const result = await this.service.lint(document);
    const file = result?.push.fileOf(document.uri);
    const finding = result?.findings.find(
      ({ rule: id, at }) => id === rule && at.file === name && at.start === start,
    );
    const edit =
      file && finding && (scope === 'line' ? suppressionEdit : fileSuppressionEdit)(file, finding, reason);
    if (!result || !edit)
      throw new ActionableError(`The text has changed, and ${rule} is not found there any more.`);
    await vscode.workspace.applyEdit(new Converter(result.push.files).workspaceEdit([edit]));
  }

  /** Without a target it is a finding on the line of the cursor. */
  async #pick(): Promise<SuppressionTarget | undefined> {
    const editor = vscode.window.activeTextEditor;
    const result = editor && (await this.service.lint(editor.document));
    const findings = result
      ? onLine(result, editor.document.uri.toString(), editor.selection.active.line)
      : [];
    const items = findings.map(finding => ({
      label: finding.rule,
      detail: finding.message,
      target: { file: finding.at.file, rule: finding.rule, start: finding.at.start, scope: 'line' as const },
    }));
    if (items.length === 0)
      throw new ActionableError('There is no finding to suppress on the line of the cursor.');
    if (items.length === 1) return items[0]?.target;
    const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which finding?' });
    return picked?.target;
  }
}

function onLine({ push, findings }: LintResult, file: string, line: number): Finding[] {
  const convert = new Converter(push.files);
  return findings.filter(
    ({ rule, at }) => at.file === file && isSuppressible(rule) && convert.range(at).start.line === line,
  );
}
