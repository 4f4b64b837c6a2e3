import * as vscode from 'vscode';
import type { Finding } from '../../lint/finding';
import { isSuppressible } from '../../lint/suppression-comment';
import type { CommandId } from '../commands';
import { Converter, SOURCE } from './convert';
import { SQL_SELECTOR } from './documents';
import type { FixAll } from './fix-all';
import type { LintResult, LintService } from './lint-service';
import type { Push } from './pushes';
import type { SuppressionTarget } from './suppress-command';

const { QuickFix, SourceFixAll } = vscode.CodeActionKind;

/** What `editor.codeActionsOnSave` calls the fixes of this linter. */
const FIX_ALL = SourceFixAll.append('fluxRls');

/** Offers to fix a finding, all findings of its rule or all of a document, to suppress it, and to explain its rule. */
export class CodeActions implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #registration: vscode.Disposable;

  constructor(
    private readonly service: LintService,
    private readonly fixAll: FixAll,
  ) {
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
    const isFixAll = only?.contains(FIX_ALL) ?? false;
    if (own.length === 0 && !isFixAll) return [];
    // Fixes are made for the text as it is now, not as it was when the finding was shown.
    const result = await this.service.lint(document, token);
    if (!result) return [];
    if (isFixAll) return this.#fixDocument(result, document);
    const { push } = result;
    const actions = new FindingActions(
      push,
      this.service.withFixes(push, new Set(own.map(ruleOf))),
      document,
    );
    return own.flatMap(diagnostic => actions.of(diagnostic));
  }

  /** Works out what is too much work for every move of the cursor. */
  async resolveCodeAction(
    action: vscode.CodeAction,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction> {
    if (!(action instanceof FixRule)) return action;
    const result = await this.service.lint(action.document, token);
    if (!result) return action;
    const edits = await this.fixAll.edits(
      result.push,
      new Set([action.rule]),
      ({ rule }) => rule === action.rule,
    );
    action.edit = new Converter(result.push.files).workspaceEdit(edits);
    return action;
  }

  dispose(): void {
    this.#registration.dispose();
  }

  /** One edit with the fixes that change nothing but this document. */
  async #fixDocument(
    { push, findings }: LintResult,
    { uri }: vscode.TextDocument,
  ): Promise<vscode.CodeAction[]> {
    const file = uri.toString();
    const edits = await this.fixAll.edits(
      push,
      new Set(findings.flatMap(({ rule, at }) => (at.file === file ? rule : []))),
      finding => finding.at.file === file && !isGuess(finding),
      name => name === file,
    );
    if (edits.length === 0) return [];
    const action = new vscode.CodeAction('Fix all Flux RLS problems in this file', FIX_ALL);
    action.edit = new Converter(push.files).workspaceEdit(edits);
    return [action];
  }
}

/** The edits of all fixes of a rule; they are worked out when somebody wants them. */
class FixRule extends vscode.CodeAction {
  constructor(
    readonly rule: string,
    readonly document: vscode.TextDocument,
  ) {
    super(`Fix all ${rule} problems in this push`, QuickFix);
  }
}

/** What can be done about the findings of one document. */
class FindingActions {
  readonly #convert: Converter;

  constructor(
    push: Push,
    private readonly findings: readonly Finding[],
    private readonly document: vscode.TextDocument,
  ) {
    this.#convert = new Converter(push.files);
  }

  of(diagnostic: vscode.Diagnostic): vscode.CodeAction[] {
    const rule = ruleOf(diagnostic);
    const file = this.document.uri.toString();
    const finding = this.findings.find(
      ({ rule: id, at }) =>
        id === rule && at.file === file && this.#convert.range(at).isEqual(diagnostic.range),
    );
    return [
      ...(finding ? [...this.#fix(finding), ...this.#fixRule(finding), ...suppress(finding)] : []),
      command(`Explain ${rule}`, 'fluxRls.explainRule', rule),
    ].map(action => {
      action.diagnostics = [diagnostic];
      return action;
    });
  }

  #fix(finding: Finding): vscode.CodeAction[] {
    if (!finding.fix) return [];
    const action = new vscode.CodeAction(finding.fix.title, QuickFix);
    action.edit = this.#convert.workspaceEdit(finding.fix.edits);
    action.isPreferred = !isGuess(finding);
    return [action];
  }

  #fixRule({ rule, fix }: Finding): vscode.CodeAction[] {
    const fixable = this.findings.filter(other => other.rule === rule && other.fix);
    return fix && fixable.length > 1 ? [new FixRule(rule, this.document)] : [];
  }
}

function suppress({ rule, at }: Finding): vscode.CodeAction[] {
  if (!isSuppressible(rule)) return [];
  const target = { file: at.file, rule, start: at.start };
  return [
    command(`Suppress ${rule} on this line…`, 'fluxRls.suppressFinding', {
      ...target,
      scope: 'line',
    } satisfies SuppressionTarget),
    command(`Suppress ${rule} in this file…`, 'fluxRls.suppressFinding', {
      ...target,
      scope: 'file',
    } satisfies SuppressionTarget),
  ];
}

/** The nearest name in a suppression is a guess, and a guess must not hide a finding unseen. */
function isGuess({ rule }: Finding): boolean {
  return rule === 'suppress-unknown';
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return typeof code === 'object' ? String(code.value) : String(code ?? '');
}

function command(title: string, id: CommandId, argument: unknown): vscode.CodeAction {
  const action = new vscode.CodeAction(title, QuickFix);
  action.command = { command: id, title, arguments: [argument] };
  return action;
}
