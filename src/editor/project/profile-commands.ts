import * as vscode from 'vscode';
import type { Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { tellError } from '../notify';
import { readSettings, SETTINGS } from '../settings';
import type { ProfileChoice } from './profile-choice';
import { readProfiles, type Profile } from '../../flux/profiles';
import { requireFolder } from './require';

/** "Choose Profile…", and a word about profiles that are refused. */
export class ProfileCommands implements vscode.Disposable {
  readonly #store = new DisposableStore();
  #told = '';

  constructor(
    commands: Commands,
    private readonly choice: ProfileChoice,
  ) {
    this.#store.add(commands.register('fluxRls.chooseProfile', name => this.#choose(name)));
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration(`${SETTINGS}.profiles`)) this.#tellProblems();
      }),
    );
    this.#tellProblems();
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** By its name, an empty one being the project files; or by a list. */
  async #choose(given?: string): Promise<void> {
    const folder = await requireFolder();
    const { profiles } = readProfiles(readSettings(folder.uri).profiles);
    const current = this.choice.of(folder);
    const name =
      typeof given === 'string' && (given === '' || profiles.has(given))
        ? given
        : await pickProfile(folder, profiles, current);
    if (name === undefined) return;
    await this.choice.choose(folder, name === '' ? undefined : name);
    const shown = name === '' ? 'the project files count' : `profile ${name}`;
    void vscode.window.setStatusBarMessage(`$(server-environment) Flux RLS: ${shown}`, 3000);
  }

  /** Once for each set of problems: a secret in a settings file had better not stay there unseen. */
  #tellProblems(): void {
    const scopes = vscode.workspace.workspaceFolders?.map(({ uri }) => uri) ?? [undefined];
    const problems = new Set(scopes.flatMap(scope => readProfiles(readSettings(scope).profiles).problems));
    const text = [...problems].join(' ');
    if (text === this.#told) return;
    this.#told = text;
    if (text === '') return;
    tellError(text, {
      label: 'Open Settings',
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', `${SETTINGS}.profiles`),
    });
  }
}

async function pickProfile(
  folder: vscode.WorkspaceFolder,
  profiles: ReadonlyMap<string, Profile>,
  current: string | undefined,
): Promise<string | undefined> {
  const items = [
    { label: 'From the project files', name: '', detail: 'A running local Flux counts first' },
    ...[...profiles].map(([name, { gatewayUrl = '' }]) => ({ label: name, name, detail: gatewayUrl })),
  ].map(item => ({ ...item, ...(item.name === (current ?? '') && { description: 'in use' }) }));
  const edit = { label: '$(gear) Edit Profiles…', name: undefined };
  const picked = await vscode.window.showQuickPick([...items, edit], {
    title: `Profile of ${folder.name}`,
    placeHolder: 'It switches gateway, engine, schema and secret',
  });
  if (picked === edit) {
    await vscode.commands.executeCommand('workbench.action.openSettings', `${SETTINGS}.profiles`);
  }
  return picked?.name;
}
