import * as vscode from 'vscode';
import type { Finding, TextEdit } from '../../lint/finding';
import type { Severity } from '../../lint/severity';
import type { LineIndex } from '../../sql/offsets';
import type { SourceFile, Span } from '../../sql/source-file';

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Name of the linter in the Problems panel. */
export const SOURCE = 'Flux RLS';

/** Turns findings of one push into what the editor shows; file names are URIs. */
export class Converter {
  readonly #lines: ReadonlyMap<string, LineIndex>;

  constructor(files: readonly SourceFile[]) {
    this.#lines = new Map(files.map(({ name, lines }) => [name, lines]));
  }

  range({ file, start, end }: Span): vscode.Range {
    const lines = this.#lines.get(file);
    const position = (offset: number): vscode.Position => {
      const { line, column } = lines?.at(offset) ?? { line: 1, column: 1 };
      return new vscode.Position(line - 1, column - 1);
    };
    return new vscode.Range(position(start), position(end));
  }

  diagnostic({ rule, severity, at, message, related }: Finding): vscode.Diagnostic {
    const diagnostic = new vscode.Diagnostic(this.range(at), message, SEVERITIES[severity]);
    diagnostic.source = SOURCE;
    diagnostic.code = { value: rule, target: explainUri(rule) };
    diagnostic.relatedInformation = related.map(
      place =>
        new vscode.DiagnosticRelatedInformation(
          new vscode.Location(vscode.Uri.parse(place.at.file), this.range(place.at)),
          place.message,
        ),
    );
    return diagnostic;
  }

  workspaceEdit(edits: readonly TextEdit[]): vscode.WorkspaceEdit {
    const edit = new vscode.WorkspaceEdit();
    for (const { at, text } of edits) edit.replace(vscode.Uri.parse(at.file), this.range(at), text);
    return edit;
  }
}

/** Where the code in the Problems panel leads: the rule's documentation. */
function explainUri(rule: string): vscode.Uri {
  return vscode.Uri.parse(`command:fluxRls.explainRule?${encodeURIComponent(JSON.stringify([rule]))}`);
}
