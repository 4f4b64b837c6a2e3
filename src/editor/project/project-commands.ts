import * as vscode from 'vscode';
import { MINIMUM_SECRET_BYTES } from '../../flux/claims';
import { engineLabel } from '../../flux/engine';
import { describeSource, type FluxProject, type ValueSource } from '../../flux/project';
import { ActionableError, type CommandId, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import type { SecretStore } from '../secrets';
import { SETTINGS } from '../settings';
import type { Projects } from './projects';
import { requireFolder } from './require';

interface SettingItem extends vscode.QuickPickItem {
  readonly command?: CommandId;
}

/** "Show Project Settings", and the commands that put right what is missing there. */
export class ProjectCommands implements vscode.Disposable {
  readonly #store = new DisposableStore();

  constructor(
    commands: Commands,
    private readonly projects: Projects,
    private readonly secrets: SecretStore,
  ) {
    for (const registration of [
      commands.register('fluxRls.showProjectSettings', () => this.#show(), { needsTrust: false }),
      commands.register('fluxRls.enterSecret', () => this.#enterSecret()),
      commands.register('fluxRls.forgetSecret', () => this.#forgetSecret(), { needsTrust: false }),
      commands.register('fluxRls.setGatewayUrl', () => this.#setGatewayUrl()),
      commands.register('fluxRls.setAppRoute', () => this.#setAppRoute()),
    ]) {
      this.#store.add(registration);
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #show(): Promise<void> {
    const folder = await requireFolder();
    const project = await this.projects.of(folder);
    const picked = await vscode.window.showQuickPick(settingItems(project), {
      title: `Project settings of ${project.name}`,
      placeHolder: 'Pick a line to change it',
    });
    if (picked?.command) await vscode.commands.executeCommand(picked.command);
  }

  async #enterSecret(): Promise<void> {
    const folder = await requireFolder();
    const profile = this.projects.profileNameOf(folder);
    const secret = await vscode.window.showInputBox({
      title: `Project secret of ${folder.name}${profile === undefined ? '' : `, profile ${profile}`}`,
      prompt:
        'The project’s JWT secret, from its dashboard. It is kept in VS Code’s SecretStorage on this machine.',
      password: true,
      ignoreFocusOut: true,
      validateInput: text =>
        text.trim() !== '' && Buffer.byteLength(text.trim()) < MINIMUM_SECRET_BYTES
          ? `A project secret has at least ${MINIMUM_SECRET_BYTES} bytes.`
          : undefined,
    });
    if (secret === undefined || secret.trim() === '') return;
    await this.secrets.set(folder.uri, secret.trim(), profile);
    void vscode.window.setStatusBarMessage('$(key) Flux RLS: project secret kept', 3000);
  }

  async #forgetSecret(): Promise<void> {
    const folder = await requireFolder();
    await this.secrets.forget(folder.uri, this.projects.profileNameOf(folder));
    void vscode.window.setStatusBarMessage('$(key) Flux RLS: project secret forgotten', 3000);
  }

  async #setGatewayUrl(): Promise<void> {
    const folder = await requireFolder();
    const profile = this.projects.profileNameOf(folder);
    if (profile !== undefined) throw inProfile(profile, 'gateway URL');
    const project = await this.projects.of(folder);
    const url = await vscode.window.showInputBox({
      title: `Gateway URL of ${folder.name}`,
      prompt: 'The Service URL of the project, from `flux list`.',
      placeHolder: 'https://api--<slug>--<hash>.<domain>',
      value: project.gatewayUrl?.value ?? '',
      ignoreFocusOut: true,
      validateInput: notHttp,
    });
    if (url === undefined) return;
    await vscode.workspace
      .getConfiguration(SETTINGS, folder.uri)
      .update('gatewayUrl', url === '' ? undefined : url, vscode.ConfigurationTarget.WorkspaceFolder);
  }

  /** Address, path and table of the route that shows a signed-in user's rows; an empty address takes it away. */
  async #setAppRoute(): Promise<void> {
    const folder = await requireFolder();
    const profile = this.projects.profileNameOf(folder);
    if (profile !== undefined) throw inProfile(profile, 'app’s route');
    const { url, route, table } = this.projects.appOf(folder);
    const title = `Route of the app of ${folder.name}`;
    const ask = (step: number, options: vscode.InputBoxOptions): Thenable<string | undefined> =>
      vscode.window.showInputBox({ title: `${title} (${step}/3)`, ignoreFocusOut: true, ...options });
    const newUrl = await ask(1, {
      prompt: 'Address of the running app; empty to leave the route out of the checklist',
      value: url ?? 'http://localhost:3000',
      validateInput: notHttp,
    });
    if (newUrl === undefined) return;
    const newRoute = await ask(2, {
      prompt: 'Path that answers with the signed-in user’s rows as JSON',
      value: route ?? '/api/my-notes',
      validateInput: text => (text.startsWith('/') ? undefined : 'A path, such as /api/my-notes.'),
    });
    if (newRoute === undefined) return;
    const newTable = await ask(3, { prompt: 'Table whose rows it answers with', value: table ?? 'notes' });
    if (newTable === undefined) return;
    const settings = vscode.workspace.getConfiguration(SETTINGS, folder.uri);
    for (const [key, value] of [
      ['app.url', newUrl],
      ['app.route', newRoute],
      ['app.table', newTable],
    ] as const) {
      await settings.update(
        key,
        newUrl === '' || value.trim() === '' ? undefined : value.trim(),
        vscode.ConfigurationTarget.WorkspaceFolder,
      );
    }
  }
}

function notHttp(text: string): string | undefined {
  return text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    ? undefined
    : 'An http(s) address, such as http://127.0.0.1:3000.';
}

function inProfile(profile: string, what: string): ActionableError {
  return new ActionableError(
    `The profile ${profile} is in use: change the ${what} there, or choose another.`,
    {
      label: 'Choose Profile…',
      run: () => vscode.commands.executeCommand('fluxRls.chooseProfile'),
    },
  );
}

/** One line a value: what was found and where, or what to do; then what is wrong in the files. No secret is shown. */
export function settingItems(project: FluxProject): SettingItem[] {
  const { gatewayUrl, engine, schema, jwtSecret, authSecret, problems } = project;
  const found = (label: string, text: string, from: ValueSource, command?: CommandId): SettingItem => ({
    label: `$(pass) ${label}`,
    description: text,
    detail: `from ${describeSource(from)}`,
    ...(command && { command }),
  });
  const missing = (label: string, advice: string, command?: CommandId): SettingItem => ({
    label: `$(circle-large-outline) ${label}`,
    description: 'missing',
    detail: advice,
    ...(command && { command }),
  });
  return [
    gatewayUrl
      ? found('Gateway URL', gatewayUrl.value, gatewayUrl.from, 'fluxRls.setGatewayUrl')
      : missing(
          'Gateway URL',
          'Set FLUX_URL in .env.local, or pick this line to enter it.',
          'fluxRls.setGatewayUrl',
        ),
    engine
      ? found('Engine', engineLabel(engine.value), engine.from)
      : missing('Engine', `Set ${SETTINGS}.engine; until then the stricter engine counts.`),
    schema
      ? found('API schema', schema.value, schema.from)
      : missing('API schema', 'Set FLUX_POSTGREST_SCHEMA in .env.local; until then unqualified names count.'),
    jwtSecret
      ? found('Project secret', 'known', jwtSecret.from, 'fluxRls.enterSecret')
      : missing(
          'Project secret',
          'Set FLUX_JWT_SECRET in .env.local, or pick this line to enter it.',
          'fluxRls.enterSecret',
        ),
    authSecret
      ? found('AUTH_SECRET', 'known', authSecret.from)
      : missing('AUTH_SECRET', 'Auth.js needs it; "Scaffold Auth.js Files" makes one.', 'fluxRls.scaffold'),
    ...problems.map(({ message, file }) => ({ label: `$(warning) ${message}`, detail: file })),
  ];
}
