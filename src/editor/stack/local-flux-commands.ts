import * as vscode from 'vscode';
import { V1_SCHEMA } from '../../flux/names';
import type { Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { MenuContext } from '../menu-context';
import { tell } from '../notify';
import type { PushReader } from '../lint/push-reader';
import type { Projects } from '../project/projects';
import { requireFolder } from '../project/require';
import type { LocalFluxService } from './local-flux-service';
import { pushFilesOf } from './push-files';

/** "Start Local Flux" and "Stop Local Flux". While it runs it is the project of its folder. */
export class LocalFluxCommands implements vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(
    commands: Commands,
    private readonly service: LocalFluxService,
    private readonly projects: Projects,
    private readonly reader: PushReader,
  ) {
    this.#store.add(commands.register('fluxRls.startLocalFlux', () => this.#start()));
    this.#store.add(commands.register('fluxRls.stopLocalFlux', () => this.service.stop()));
    const runs = new MenuContext('fluxRls.localFluxRuns');
    this.#store.add(
      service.onDidChange(() => {
        runs.set(service.state === 'running');
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #start(): Promise<void> {
    const folder = await requireFolder();
    const project = await this.projects.of(folder);
    const schema = project.schema?.value;
    const engine = project.engine?.value ?? (schema === V1_SCHEMA ? 'v1_dedicated' : 'v2_shared');
    const files = await pushFilesOf(this.reader, folder);
    const flux = await vscode.window.withProgress({ location: { viewId: 'fluxRls.panel' } }, async () =>
      this.service.start({ folder, engine, schema, files }),
    );
    if (!flux) return;
    const pushed =
      files.length === 0
        ? 'No SQL was pushed.'
        : `${files.length} SQL file${files.length === 1 ? '' : 's'} pushed.`;
    tell(`the local Flux runs at ${flux.url}. ${pushed}`, {
      label: 'Copy URL',
      run: () => vscode.env.clipboard.writeText(flux.url),
    });
  }
}
