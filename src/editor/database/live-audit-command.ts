import * as vscode from 'vscode';
import { readOnly } from '../../database/read-only';
import { DatabaseUnreachable } from '../../database/unreachable';
import { auditLive } from '../../lint/live-audit';
import type { LiveReport } from '../../lint/report/live';
import { differencesBetween } from '../../schema/differences';
import { LIVE_FILE } from '../../schema/from-catalog';
import { modelFromStatements } from '../../schema/from-statements';
import { LiveSchemaUnknown, liveProjectOf } from '../../schema/live-project';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { PushReader } from '../lint/push-reader';
import { showMarkdown } from '../markdown-page';
import type { Projects } from '../project/projects';
import { requireFolder } from '../project/require';
import { readSettings } from '../settings';
import { ENTER_DATABASE_URL, type DatabaseUrls } from './database-urls';
import { liveMarkdown, type LinkTo } from './differences-text';
import { LivePages } from './live-pages';

/** "Audit Live Database": the lint rules on the live schema, and what differs between the files and the database. */
export class LiveAuditCommand implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #pages = this.#store.add(new LivePages());

  constructor(
    commands: Commands,
    private readonly databases: DatabaseUrls,
    private readonly projects: Projects,
    private readonly reader: PushReader,
  ) {
    this.#store.add(commands.register('fluxRls.auditLiveDatabase', () => this.#run()));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #run(): Promise<void> {
    const folder = await requireFolder();
    const url = await this.databases.of(folder);
    if (!url) {
      throw new ActionableError(`The database URL of ${folder.name} is not known.`, ENTER_DATABASE_URL);
    }
    const report = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: 'Flux RLS: auditing the live database',
        cancellable: true,
      },
      async (_progress, token) => this.#audit(folder, url.reveal(), token),
    );
    if (report) await this.#show(folder, report);
  }

  /** Undefined when it was cancelled. */
  async #audit(
    folder: vscode.WorkspaceFolder,
    url: string,
    token: vscode.CancellationToken,
  ): Promise<LiveReport | undefined> {
    const controller = new AbortController();
    const { signal } = controller;
    const cancelled = token.onCancellationRequested(() => {
      controller.abort();
    });
    try {
      const { engine, schema } = await this.projects.of(folder);
      const files = await this.reader.parse(await this.reader.defaultPushOf(folder.uri), { signal });
      const parser = await this.reader.parser();
      return await readOnly(
        url,
        async query => {
          const project = await liveProjectOf(query, { engine: engine?.value, schema: schema?.value });
          const audit = await auditLive(query, parser, {
            ...project,
            severities: readSettings(folder.uri).severities,
            name: this.#pages.uri(folder, LIVE_FILE).toString(),
          });
          if (!audit) throw new LiveSchemaUnknown(`The database has no schema ${project.schema}.`);
          const model = modelFromStatements(files, { engine: project.engine, apiSchema: project.schema });
          const differences = files.length > 0 ? differencesBetween(model, audit.model) : undefined;
          return { project, audit, differences, files };
        },
        { signal },
      );
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      if (error instanceof DatabaseUnreachable || error instanceof LiveSchemaUnknown)
        throw new ActionableError(error.message, ENTER_DATABASE_URL);
      throw error;
    } finally {
      cancelled.dispose();
    }
  }

  async #show(folder: vscode.WorkspaceFolder, report: LiveReport): Promise<void> {
    const live = this.#pages.uri(folder, LIVE_FILE);
    const page = this.#pages.uri(folder, 'differences.md');
    this.#pages.put(live, report.audit.file.text);
    this.#pages.put(page, liveMarkdown(report, linksOf(folder)));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(live), { preview: false });
    this.#pages.mark(live, report);
    await showMarkdown(page);
  }
}

/** The preview takes a path from the root as one of the first folder of the workspace. */
function linksOf(folder: vscode.WorkspaceFolder): LinkTo {
  return file => {
    const uri = vscode.Uri.parse(file);
    if (uri.scheme !== folder.uri.scheme) return { name: LIVE_FILE, target: LIVE_FILE };
    const name = vscode.workspace.asRelativePath(uri, false);
    return { name, target: folder.index === 0 ? `/${name}` : undefined };
  };
}
