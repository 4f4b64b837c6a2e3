import * as vscode from 'vscode';
import { MINIMUM_SECRET_BYTES } from '../../flux/claims';
import { engineLabel } from '../../flux/engine';
import { describeSource, type FluxProject, type ValueSource } from '../../flux/project';
import type { CommandId, Commands } from '../commands';
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
    const secret = await vscode.window.showInputBox({
      title: `Project secret of ${folder.name}`,
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
    await this.secrets.set(folder.uri, secret.trim());
    void vscode.window.setStatusBarMessage('$(key) Flux RLS: project secret kept', 3000);
  }

  async #forgetSecret(): Promise<void> {
    const folder = await requireFolder();
    await this.secrets.forget(folder.uri);
    void vscode.window.setStatusBarMessage('$(key) Flux RLS: project secret forgotten', 3000);
  }

  async #setGatewayUrl(): Promise<void> {
    const folder = await requireFolder();
    const project = await this.projects.of(folder);
    const url = await vscode.window.showInputBox({
      title: `Gateway URL of ${folder.name}`,
      prompt: 'The Service URL of the project, from `flux list`.',
      placeHolder: 'https://api--<slug>--<hash>.<domain>',
      value: project.gatewayUrl?.value ?? '',
      ignoreFocusOut: true,
      validateInput: text =>
        text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
          ? undefined
          : 'An http(s) address, such as http://127.0.0.1:3000.',
    });
    if (url === undefined) return;
    await vscode.workspace
      .getConfiguration(SETTINGS, folder.uri)
      .update('gatewayUrl', url === '' ? undefined : url, vscode.ConfigurationTarget.WorkspaceFolder);
  }
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
