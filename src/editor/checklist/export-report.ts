import * as vscode from 'vscode';
import { ActionableError, type Commands } from '../commands';
import { showMarkdown } from '../markdown-page';
import { requireFolder } from '../project/require';
import type { ChecklistService } from './checklist-service';
import type { ChecklistEngine, ExportFormat } from './engine';
import type { ResultCauses } from './result-causes';

/** Where the report goes, for those who know already. */
export interface ExportTarget {
  readonly format: ExportFormat;
  /** URI of the file; asked for when left out. */
  readonly file?: string;
}

const FORMATS: Readonly<Record<ExportFormat, { readonly label: string; readonly extension: string }>> = {
  markdown: { label: 'Markdown', extension: 'md' },
  json: { label: 'JSON', extension: 'json' },
  junit: { label: 'JUnit XML', extension: 'xml' },
};

/** "Export Report…": the last run as a file. */
export function registerExportCommand(
  commands: Commands,
  checklist: ChecklistService,
  causes: ResultCauses,
  { reports }: ChecklistEngine,
): vscode.Disposable {
  return commands.register('fluxRls.exportReport', async target => {
    const folder = await requireFolder();
    const { report, ended } = checklist.runOf(folder);
    if (!report || !ended) {
      throw new ActionableError('No run of the checklist has ended yet.', {
        label: 'Run Checklist',
        run: () => vscode.commands.executeCommand('fluxRls.runChecklist'),
      });
    }
    const format = isFormat(target?.format) ? target.format : await pickFormat();
    if (!format) return;
    const { label, extension } = FORMATS[format];
    const suggested = vscode.Uri.joinPath(folder.uri, `flux-rls-report.${extension}`);
    const file =
      target?.file === undefined
        ? await vscode.window.showSaveDialog({
            defaultUri: suggested,
            filters: { [label]: [extension] },
            title: 'Export the report of the checklist',
          })
        : vscode.Uri.parse(target.file, true);
    if (!file) return;
    const text = reports[format](report, { placeOf: result => causes.of(folder, result)?.place });
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(`${text.trimEnd()}\n`));
    if (format === 'markdown') await showMarkdown(file);
    else void vscode.window.setStatusBarMessage(`$(check) Flux RLS: ${label} report written`, 5000);
  });
}

/** A menu may call the command with something of its own. */
function isFormat(value: unknown): value is ExportFormat {
  return typeof value === 'string' && value in FORMATS;
}

async function pickFormat(): Promise<ExportFormat | undefined> {
  const items = (Object.keys(FORMATS) as ExportFormat[]).map(format => ({
    label: FORMATS[format].label,
    format,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Export the report as' }))?.format;
}
