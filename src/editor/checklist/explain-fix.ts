import * as vscode from 'vscode';
import type { ExplainedCause } from '../../checklist/explain';
import type { SqlPlace } from '../../checklist/explain-place';
import type { Finding } from '../../lint/finding';
import type { SourceFile } from '../../sql/source-file';
import { Converter } from '../lint/convert';
import type { LintService } from '../lint/lint-service';
import { tell } from '../notify';
import { locateIn } from './explain-pages';

/** Milliseconds until the lightbulb is opened even if the linter has shown nothing. */
const PATIENCE = 3000;

/** Offers to go where the SQL holds the first cause, and to open the linter's fixes there when it has some. */
export async function offerFix(
  explained: readonly ExplainedCause[],
  files: readonly SourceFile[],
  lint: LintService,
): Promise<void> {
  const causes = explained.filter(({ certainty }) => certainty !== 'ruled out');
  for (const cause of causes) {
    const finding = await findingOf(cause, lint);
    if (!finding) continue;
    tell(`${cause.title}: ${finding.message}`, { label: 'Fix…', run: () => openFixes(finding, files) });
    return;
  }
  const place = causes[0]?.place;
  const at = place && locateIn(files)(place);
  if (!place || !at) return;
  tell(`${causes[0]?.title ?? ''} (${at.file ?? place.file}:${at.line})`, {
    label: 'Show Line',
    run: () => reveal(vscode.Uri.parse(place.file), new Converter(files).range(place)),
  });
}

/** Opens the file at a finding, and its fixes there. */
export async function openFixes({ at }: Finding, files: readonly SourceFile[]): Promise<void> {
  const uri = vscode.Uri.parse(at.file);
  const range = new Converter(files).range(at);
  await reveal(uri, range);
  await shown(uri, range);
  await vscode.commands.executeCommand('editor.action.quickFix');
}

/** What the linter finds of a cause in the statement that holds it, when it knows a fix. */
export async function findingOf(
  { place, rules }: { readonly place?: SqlPlace; readonly rules: readonly string[] },
  lint: LintService,
): Promise<Finding | undefined> {
  if (!place || rules.length === 0) return undefined;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(place.file));
  const result = await lint.lint(document);
  if (!result) return undefined;
  const found = lint
    .withFixes(result.push, new Set(rules))
    .filter(
      ({ rule, at, fix }) =>
        fix !== undefined &&
        rules.includes(rule) &&
        at.file === place.file &&
        at.start >= place.statement.start &&
        at.end <= place.statement.end,
    );
  // The rules of a cause stand in the order of how well they fit.
  return found.sort((a, b) => rules.indexOf(a.rule) - rules.indexOf(b.rule))[0];
}

/** Shows a range of a file, selected. */
export async function reveal(uri: vscode.Uri, range: vscode.Range): Promise<void> {
  const editor = await vscode.window.showTextDocument(uri, { selection: range });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Waits until the finding is shown at the range: the lightbulb knows only what is. */
async function shown(uri: vscode.Uri, range: vscode.Range): Promise<void> {
  const isShown = (): boolean =>
    vscode.languages
      .getDiagnostics(uri)
      .some(diagnostic => diagnostic.range.intersection(range) !== undefined);
  if (isShown()) return;
  await new Promise<void>(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const timer = setTimeout(done, PATIENCE);
    const listening = vscode.languages.onDidChangeDiagnostics(() => {
      if (isShown()) done();
    });
  });
}
