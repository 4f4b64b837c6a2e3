import * as vscode from 'vscode';
import { Converter, SOURCE } from './convert';
import { SQL_SELECTOR } from './documents';
import type { LintService } from './lint-service';

/** Offers the fix of a finding, and the documentation of its rule. */
export class CodeActions implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(private readonly service: LintService) {
    this.#registration = vscode.languages.registerCodeActionsProvider(SQL_SELECTOR, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    });
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const diagnostics = context.diagnostics.filter(({ source }) => source === SOURCE);
    if (diagnostics.length === 0) return [];
    // Fixes are made for the text as it is now, not as it was when the finding was shown.
    const result = await this.service.lint(document);
    if (!result || token.isCancellationRequested) return [];
    const convert = new Converter(result.files);
    const uri = document.uri.toString();
    return diagnostics.flatMap(diagnostic => {
      const rule = ruleOf(diagnostic);
      const fixes = result.findings
        .filter(
          ({ rule: id, at }) => id === rule && at.file === uri && convert.range(at).isEqual(diagnostic.range),
        )
        .flatMap(({ fix }) => fix ?? [])
        .map(fix => {
          const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
          action.edit = convert.workspaceEdit(fix.edits);
          action.diagnostics = [diagnostic];
          action.isPreferred = true;
          return action;
        });
      return [...fixes, explain(diagnostic, rule)];
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return typeof code === 'object' ? String(code.value) : String(code ?? '');
}

function explain(diagnostic: vscode.Diagnostic, rule: string): vscode.CodeAction {
  const action = new vscode.CodeAction(`Explain ${rule}`, vscode.CodeActionKind.QuickFix);
  action.command = { command: 'fluxRls.explainRule', title: action.title, arguments: [rule] };
  action.diagnostics = [diagnostic];
  return action;
}
