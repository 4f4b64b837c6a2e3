import * as vscode from 'vscode';
import type { Finding } from '../../lint/finding';
import type { CommandId } from '../commands';
import { combineFixes } from './combine-fixes';
import { Converter, SOURCE } from './convert';
import { SQL_SELECTOR } from './documents';
import type { LintResult, LintService } from './lint-service';

const { QuickFix, SourceFixAll } = vscode.CodeActionKind;

/** What `editor.codeActionsOnSave` calls the fixes of this linter. */
export const FIX_ALL = SourceFixAll.append('fluxRls');

/** Offers to fix a finding, all findings of its rule or all of a document, and to explain its rule. */
export class CodeActions implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(private readonly service: LintService) {
    this.#registration = vscode.languages.registerCodeActionsProvider(SQL_SELECTOR, this, {
      providedCodeActionKinds: [QuickFix, FIX_ALL],
    });
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics, only }: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const own = diagnostics.filter(({ source }) => source === SOURCE);
    const fixesAll = only?.contains(FIX_ALL) ?? false;
    if (own.length === 0 && !fixesAll) return [];
    // Fixes are made for the text as it is now, not as it was when the finding was shown.
    const result = await this.service.lint(document, token);
    if (!result) return [];
    const actions = new FindingActions(result, document.uri.toString());
    if (fixesAll) return actions.fixAll();
    return own.flatMap(diagnostic => actions.of(diagnostic));
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

/** What can be done about the findings of one document. */
class FindingActions {
  readonly #convert: Converter;

  constructor(
    private readonly result: LintResult,
    private readonly file: string,
  ) {
    this.#convert = new Converter(result.push.files);
  }

  /** One edit with all the fixes that change nothing but this document. */
  fixAll(): vscode.CodeAction[] {
    const fixes = this.result.findings
      .flatMap(({ at, fix }) => (at.file === this.file ? (fix ?? []) : []))
      .filter(({ edits }) => edits.every(({ at }) => at.file === this.file));
    if (fixes.length === 0) return [];
    const action = new vscode.CodeAction('Fix all Flux RLS problems in this file', FIX_ALL);
    action.edit = this.#convert.workspaceEdit(combineFixes(fixes));
    return [action];
  }

  of(diagnostic: vscode.Diagnostic): vscode.CodeAction[] {
    const rule = ruleOf(diagnostic);
    const finding = this.result.findings.find(
      ({ rule: id, at }) =>
        id === rule && at.file === this.file && this.#convert.range(at).isEqual(diagnostic.range),
    );
    return [
      ...(finding ? [...this.#fix(finding), ...this.#fixRule(finding)] : []),
      command(`Explain ${rule}`, 'fluxRls.explainRule', rule),
    ].map(action => {
      action.diagnostics = [diagnostic];
      return action;
    });
  }

  #fix({ fix }: Finding): vscode.CodeAction[] {
    if (!fix) return [];
    const action = new vscode.CodeAction(fix.title, QuickFix);
    action.edit = this.#convert.workspaceEdit(fix.edits);
    action.isPreferred = true;
    return [action];
  }

  #fixRule({ rule, fix }: Finding): vscode.CodeAction[] {
    const fixes = this.result.findings.flatMap(other => (other.rule === rule ? (other.fix ?? []) : []));
    if (!fix || fixes.length < 2) return [];
    const action = new vscode.CodeAction(`Fix all ${rule} problems in this push`, QuickFix);
    action.edit = this.#convert.workspaceEdit(combineFixes(fixes));
    return [action];
  }
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return typeof code === 'object' ? String(code.value) : String(code ?? '');
}

function command(title: string, id: CommandId, argument: unknown): vscode.CodeAction {
  const action = new vscode.CodeAction(title, QuickFix);
  action.command = { command: id, title, arguments: [argument] };
  return action;
}
