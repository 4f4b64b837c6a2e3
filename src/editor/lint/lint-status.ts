import * as vscode from 'vscode';
import { engineLabel } from '../../flux/engine';
import { describeSource, type Sourced } from '../../flux/project';
import { DisposableStore } from '../disposables';
import type { Projects } from '../project/projects';
import { SETTINGS } from '../settings';
import { isLinted, SQL_SELECTOR } from './documents';
import type { LintService } from './lint-service';
import type { PushPlaces } from './push-places';
import { pushKey } from './pushes';

/**
 * The language status of SQL files: for which engine, schema and push they are judged, and why. Two short lines: VS Code
 * cuts off what is long, and with it the link behind.
 */
export class LintStatus implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly item = this.#store.add(vscode.languages.createLanguageStatusItem('fluxRls.status', SQL_SELECTOR));
  readonly push = this.#store.add(vscode.languages.createLanguageStatusItem('fluxRls.push', SQL_SELECTOR));
  #generation = 0;

  constructor(
    private readonly projects: Projects,
    private readonly places: PushPlaces,
    service: LintService,
  ) {
    this.item.name = 'Flux RLS';
    this.item.command = { command: 'fluxRls.showProjectSettings', title: 'Settings' };
    this.push.name = 'Flux RLS Push';
    this.#store.add(
      service.onDidChangeBusy(() => {
        this.item.busy = service.isBusy;
      }),
    );
    const update = (): void => {
      void this.#update(vscode.window.activeTextEditor?.document);
    };
    this.#store.add(vscode.window.onDidChangeActiveTextEditor(update));
    this.#store.add(projects.onDidChange(update));
    this.#store.add(places.onDidChange(update));
    this.#store.add(service.onDidLint(update));
    update();
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #update(document: vscode.TextDocument | undefined): Promise<void> {
    if (!document || !isLinted(document)) return;
    const generation = (this.#generation += 1);
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const project = folder && (await this.projects.of(folder));
    const places = folder ? await this.places.of(folder) : [];
    // Another document, or another project, is being looked up already.
    if (generation !== this.#generation) return;
    const push = pushOf(document, folder, places.length);
    const { engine, schema } = project ?? {};
    this.item.text = [
      engine ? engineLabel(engine.value) : 'engine unknown',
      schema?.value ?? 'schema unknown',
    ].join(' · ');
    this.item.detail = origins(engine, schema);
    this.push.text = `push: ${push.name}`;
    this.push.detail = push.detail;
    const { Information, Warning } = vscode.LanguageStatusSeverity;
    this.item.severity = engine && schema ? Information : Warning;
  }
}

/** Where both came from, or what is to be set. */
function origins(engine: Sourced<unknown> | undefined, schema: Sourced<unknown> | undefined): string {
  if (engine && schema) {
    return `from ${[...new Set([engine, schema].map(({ from }) => describeSource(from)))].join(' and ')}`;
  }
  if (engine ?? schema) return `set ${SETTINGS}.${engine ? 'schema' : 'engine'}`;
  return 'set both';
}

function pushOf(
  { uri }: vscode.TextDocument,
  folder: vscode.WorkspaceFolder | undefined,
  places: number,
): { readonly name: string; readonly detail: string } {
  const key = pushKey(uri);
  if (key === uri.toString()) return { name: 'this file', detail: 'a push of its own' };
  const directory = vscode.Uri.parse(key);
  const name = `${folder ? vscode.workspace.asRelativePath(directory, false) : directory.path}/`;
  const others = places > 1 ? `, one of ${places}` : '';
  return { name, detail: `a push directory by its name${others}` };
}
