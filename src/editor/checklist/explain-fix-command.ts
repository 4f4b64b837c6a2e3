import * as vscode from 'vscode';
import { causeInSql } from '../../checklist/explain-place';
import type { Commands } from '../commands';
import { Converter } from '../lint/convert';
import type { LintService } from '../lint/lint-service';
import { tell } from '../notify';
import { findingOf, openFixes, reveal } from './explain-fix';
import {
  explainTargetIn,
  folderOf,
  resultIn,
  type ExplainProject,
  type ExplainTarget,
  type RunsByFolder,
} from './explain-project';

/** Goes where the SQL holds the cause of a result, and opens the linter's fixes there; else says what to do. */
export function registerFixCommand(
  commands: Commands,
  project: ExplainProject,
  lint: LintService,
  checklist: RunsByFolder,
): vscode.Disposable {
  const fix = async (target: ExplainTarget): Promise<void> => {
    const folder = await folderOf(target);
    const result = resultIn(checklist.runOf(folder), target);
    const { model, files } = await project.of(folder);
    const causes = model ? causeInSql(result, model) : [];
    for (const cause of causes) {
      const finding = await findingOf(cause, lint);
      if (finding) {
        await openFixes(finding, files);
        return;
      }
    }
    const toDo = result.advice === '' ? result.message : result.advice;
    const [likeliest] = causes;
    if (!likeliest) {
      tell(`your SQL does not hold the cause. ${toDo}`, {
        label: 'Explain',
        run: () => vscode.commands.executeCommand('fluxRls.explainAnswer', target),
      });
      return;
    }
    await reveal(vscode.Uri.parse(likeliest.place.file), new Converter(files).range(likeliest.place));
    tell(toDo);
  };
  // It sends nothing and reads no secret.
  return commands.register(
    'fluxRls.fixCause',
    async value => {
      const target = explainTargetIn(value);
      if (target) await fix(target);
    },
    { needsTrust: false },
  );
}
