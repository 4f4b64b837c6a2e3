import * as vscode from 'vscode';
import type { RowsReport } from '../../checklist/verdict';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { tell, tellError } from '../notify';
import type { Projects } from '../project/projects';
import type { ChecklistEngine } from './engine';
import type { JournalEntry, JournalMemento } from './journal-memento';
import type { RunPreparation } from './prepare-run';

/** "Clean Up Rows": removes what runs that died have left in their tables, and offers to at the next start. */
export class LeftRows implements vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(
    commands: Commands,
    private readonly journal: JournalMemento,
    private readonly preparation: RunPreparation,
    private readonly projects: Projects,
    private readonly engine: ChecklistEngine,
  ) {
    this.#store.add(commands.register('fluxRls.cleanUpRows', () => this.#cleanUp()));
  }

  /** Tells once that rows are left, if there are any. Reads the workspace state only. */
  offer(): void {
    const left = this.journal.leftBehind().filter(({ rows }) => rows.length > 0);
    if (left.length === 0) return;
    tell(`${inWords(left)} of a checklist that did not finish.`, {
      label: 'Clean Up',
      run: () => vscode.commands.executeCommand('fluxRls.cleanUpRows'),
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #cleanUp(): Promise<void> {
    const left = this.journal.leftBehind();
    if (left.length === 0) {
      tell('No rows of a checklist are left.');
      return;
    }
    const sum = { created: 0, removed: 0, reasons: new Set<string>() };
    for (const place of new Set(left.map(placeOf))) {
      const report = await this.#cleanUpAt(left.filter(entry => placeOf(entry) === place));
      sum.created += report.created;
      sum.removed += report.removed;
      for (const { table, reason } of report.left) sum.reasons.add(`${table}: ${reason}`);
    }
    this.#tell(sum, left);
  }

  /** Entries of one folder, profile and gateway: only the project that made the rows may ask for them again. */
  async #cleanUpAt(entries: readonly JournalEntry[]): Promise<RowsReport> {
    const [entry] = entries;
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.toString() === entry?.folder);
    if (!entry || !folder) throw new ActionableError('The folder whose rows are left is not open.');
    const { gatewayUrl, schema, role } = entry.run;
    const client = await this.preparation.clientOf(folder);
    const profile = this.projects.profileNameOf(folder);
    if (client.gatewayUrl !== gatewayUrl || profile !== entry.profile) {
      throw new ActionableError(
        `The rows are at ${gatewayUrl}${entry.profile === undefined ? '' : ` (profile ${entry.profile})`}, and the project is at ${client.gatewayUrl} now: no token of one is sent to the other.`,
        this.#forget(entries),
      );
    }
    const journal = this.journal.storeFor(entry);
    return this.engine.cleanUp(journal, {
      ...client,
      schema: schema ?? client.schema,
      role: role ?? client.role,
    });
  }

  #tell(
    { created, removed, reasons }: { created: number; removed: number; reasons: ReadonlySet<string> },
    entries: readonly JournalEntry[],
  ): void {
    this.journal.release();
    if (reasons.size === 0) tell(`${rowsInWords(removed)} removed. Nothing is left of the checklist.`);
    else {
      tellError(
        `${removed} of ${rowsInWords(created)} removed. ${[...reasons].join('; ')}.`,
        this.#forget(entries),
      );
    }
  }

  #forget(entries: readonly JournalEntry[]): { label: string; run: () => Promise<void> } {
    return {
      label: 'Forget These Rows',
      run: async () => {
        for (const { run } of entries) await this.journal.forget(run.runId);
      },
    };
  }
}

function placeOf({ folder, profile, run }: JournalEntry): string {
  return [folder, profile ?? '', run.gatewayUrl].join('\n');
}

function rowsInWords(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

/** `3 rows are still in notes and tasks at 127.0.0.1:3000`. */
function inWords(entries: readonly JournalEntry[]): string {
  const rows = entries.flatMap(entry => entry.rows);
  const tables = [...new Set(rows.map(({ table }) => table))].join(', ');
  const hosts = [...new Set(entries.map(({ run }) => run.gatewayUrl))].join(', ');
  return `${rowsInWords(rows.length)} ${rows.length === 1 ? 'is' : 'are'} still in ${tables} at ${hosts},`;
}
