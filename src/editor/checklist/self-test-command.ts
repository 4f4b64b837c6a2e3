import * as vscode from 'vscode';
import { defectsOf } from '../../checklist/defects';
import { planChecklist } from '../../checklist/plan';
import { selfTest, type SelfTestReport } from '../../checklist/self-test';
import { selfTestMarkdown } from '../../checklist/self-test-report';
import { V1_SCHEMA } from '../../flux/names';
import { modelFromStatements } from '../../schema/from-statements';
import type { LocalFlux } from '../../stack/local-flux';
import { localStage } from '../../stack/self-test-stage';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { PushReader } from '../lint/push-reader';
import { showMarkdown } from '../markdown-page';
import type { Projects } from '../project/projects';
import { requireFolder } from '../project/require';
import type { LocalFluxService } from '../stack/local-flux-service';
import { pushFilesOf } from '../stack/push-files';
import { noTable } from './prepare-run';
import type { TableChoicesStore } from './table-choices';

const SCHEME = 'flux-rls-self-test';

/** "Self-Test Checklist": plants defects into the folder's SQL on a local Flux of its own, and shows what was caught. */
export class SelfTestCommand implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.Uri>());
  readonly #pages = new Map<string, string>();
  #running: AbortController | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(
    commands: Commands,
    private readonly localFlux: LocalFluxService,
    private readonly projects: Projects,
    private readonly reader: PushReader,
    private readonly choices: TableChoicesStore,
  ) {
    this.#store.add(commands.register('fluxRls.selfTest', () => this.#start()));
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#pages.get(uri.path) ?? 'Run the command again to see this page.';
  }

  dispose(): void {
    this.#running?.abort();
    this.#store.dispose();
  }

  async #start(): Promise<void> {
    if (this.#running) throw new ActionableError('The self-test is running already.');
    const folder = await requireFolder();
    const abort = new AbortController();
    this.#running = abort;
    try {
      const location = vscode.ProgressLocation.Notification;
      const title = 'Flux RLS: self-test';
      const report = await vscode.window.withProgress(
        { location, title, cancellable: true },
        async (progress, token) => {
          token.onCancellationRequested(() => {
            abort.abort();
          });
          return this.#run(folder, progress, abort.signal);
        },
      );
      if (report) await this.#show(folder, report);
    } finally {
      this.#running = undefined;
    }
  }

  async #run(
    folder: vscode.WorkspaceFolder,
    progress: vscode.Progress<{ message: string; increment: number }>,
    signal: AbortSignal,
  ): Promise<SelfTestReport | undefined> {
    const project = await this.projects.of(folder);
    const schema = project.schema?.value;
    const engine = project.engine?.value ?? (schema === V1_SCHEMA ? 'v1_dedicated' : 'v2_shared');
    const files = await pushFilesOf(this.reader, folder);
    if (files.length === 0) throw new ActionableError(`${folder.name} has no SQL files that a push takes.`);
    progress.report({ message: 'starting a local Flux', increment: 0 });
    const flux = await this.localFlux.startApart({ folder, engine, schema, files });
    if (!flux) return undefined;
    try {
      if (signal.aborted) return undefined;
      return await this.#ask(flux, folder, progress, signal);
    } finally {
      await flux.stop();
    }
  }

  async #ask(
    flux: LocalFlux,
    folder: vscode.WorkspaceFolder,
    progress: vscode.Progress<{ message: string; increment: number }>,
    signal: AbortSignal,
  ): Promise<SelfTestReport> {
    const { engine, schema } = flux;
    const files = await this.reader.parse(await this.reader.defaultPushOf(folder.uri));
    const model = modelFromStatements(files, { engine, apiSchema: schema });
    const choices = this.choices.of(folder);
    const plan = planChecklist(model, choices);
    if (plan.tables.length === 0) throw noTable(plan.notChecked);
    return selfTest({
      gatewayUrl: flux.url,
      schema,
      secret: flux.jwtSecret,
      engine,
      plan,
      given: choices.values,
      defects: defectsOf(model, plan),
      stage: await localStage(flux),
      fetch: (url, init) => fetch(url, init),
      now: () => Math.floor(Date.now() / 1000),
      signal,
      onProgress: ({ finished, runs, title }) => {
        const increment = finished === 0 ? 0 : 100 / runs;
        progress.report({ message: `${finished + 1} of ${runs}: ${title}`, increment });
      },
    });
  }

  async #show(folder: vscode.WorkspaceFolder, report: SelfTestReport): Promise<void> {
    const title = `Self-test of ${folder.name}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '∕')}.md` });
    this.#pages.set(uri.path, `# ${title}\n\n${selfTestMarkdown(report)}\n`);
    this.#changed.fire(uri);
    await showMarkdown(uri);
  }
}
