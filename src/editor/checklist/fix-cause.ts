import * as vscode from 'vscode';
import { causeInSql } from '../../checklist/explain-place';
import type { CheckResult } from '../../checklist/verdict';
import { ActionableError, type Commands } from '../commands';
import type { LintService } from '../lint/lint-service';
import { tell } from '../notify';
import { requireFolder } from '../project/require';
import { folderNamed } from '../workspace-files';
import type { ExplainTarget, RunsByFolder } from './explain-answer';
import { showFix } from './explain-fix';
import type { TableFinder } from './table-finder';

/** "Fix…" of a check that failed: the line that holds the cause, with the linter's fixes open where it has some. */
export function registerFixCommand(
  commands: Commands,
  checklist: RunsByFolder,
  tables: TableFinder,
  lint: LintService,
): vscode.Disposable {
  return commands.register('fluxRls.fixCause', async target => {
    const folder = folderNamed(target?.folder) ?? (await requireFolder());
    const bad = checklist.runOf(folder).results.filter(({ verdict }) => verdict === 'fail');
    if (!target && bad.length === 0) throw new ActionableError('No check of the last run has failed.');
    const result = target ? resultOf(checklist.runOf(folder).results, target) : await pickResult(bad);
    if (!result) return;
    const { model, files } = await tables.sqlOf(folder);
    const found = causeInSql(result, model);
    const [first] = found;
    if (!first) {
      throw new ActionableError(`The SQL of ${folder.name} does not show the cause. ${result.advice}`.trim());
    }
    for (const cause of found) if (await showFix(cause, files, lint)) return;
    await showFix(first, files, lint, { anyway: true });
    tell(
      `the linter has no fix for ${first.place.name}. If this SQL is right, push it again; if not: ${result.advice}`,
      {
        label: 'Audit Live Database',
        run: () => vscode.commands.executeCommand('fluxRls.auditLiveDatabase'),
      },
    );
  });
}

function resultOf(
  results: readonly CheckResult[],
  { table, check, through }: ExplainTarget,
): CheckResult | undefined {
  return results.find(
    result => result.table === table && result.check === check && result.through === through,
  );
}

async function pickResult(results: readonly CheckResult[]): Promise<CheckResult | undefined> {
  const items = results.map(result => ({
    label: result.through ?? result.table,
    description: result.check,
    detail: result.message,
    result,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Fix the cause of which failure?' }))?.result;
}
