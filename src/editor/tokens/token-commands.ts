import * as vscode from 'vscode';
import { isReadableSubject } from '../../flux/claims';
import { copyText, isRequestForm, type CopyForm } from '../../tokens/copy-forms';
import { pathOf } from '../../tokens/curl';
import { formatDuration } from '../../tokens/duration';
import type { MintedToken } from '../../tokens/mint';
import { objectionsTo } from '../../tokens/objections';
import type { TableFinder } from '../checklist/table-finder';
import type { Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { tell } from '../notify';
import type { Projects } from '../project/projects';
import { requireFolder, requireGatewayUrl } from '../project/require';
import { readSettings } from '../settings';
import { ClaimsPages } from './claims-pages';
import { editSubject } from './edit-subject';
import { SubjectTokens } from './subject-tokens';
import type { Subjects } from './subjects';
import { TokenInspector } from './token-inspector';

const FORM_NAMES: Readonly<Record<CopyForm, { readonly label: string; readonly said: string }>> = {
  token: { label: 'Token', said: 'token for' },
  header: { label: 'Authorization header', said: 'Authorization header for' },
  curl: { label: 'curl', said: 'curl line as' },
  http: { label: '.http block', said: '.http block as' },
  fetch: { label: 'fetch call', said: 'fetch call as' },
};

/** Mint, copy, show, inspect: tokens for test subjects. A token exists only on the clipboard. */
export class TokenCommands implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #pages = this.#store.add(new ClaimsPages());
  readonly #tokens: SubjectTokens;
  /** What was copied last for a subject, by folder and subject. */
  readonly #forms = new Map<string, CopyForm>();

  constructor(
    commands: Commands,
    private readonly projects: Projects,
    private readonly subjects: Subjects,
    private readonly tables: TableFinder,
  ) {
    this.#tokens = this.#store.add(new SubjectTokens(projects, subjects));
    const inspector = new TokenInspector(projects, this.#pages);
    for (const registration of [
      commands.register('fluxRls.addSubject', async () => {
        await this.#addSubject(await requireFolder());
      }),
      commands.register('fluxRls.removeSubject', subject => this.#removeSubject(subject)),
      commands.register('fluxRls.editSubject', subject => this.#editSubject(subject)),
      commands.register('fluxRls.mintToken', subject => this.#copy(subject, 'token')),
      commands.register('fluxRls.copyCurl', subject => this.#copy(subject, 'curl')),
      commands.register('fluxRls.copyAs', subject => this.#copy(subject, undefined)),
      commands.register('fluxRls.renewToken', subject => this.#renew(subject)),
      commands.register('fluxRls.showClaims', subject => this.#showClaims(subject)),
      commands.register('fluxRls.inspectToken', () => inspector.inspect(), { needsTrust: false }),
    ]) {
      this.#store.add(registration);
    }
  }

  get onDidMint(): vscode.Event<void> {
    return this.#tokens.onDidMint;
  }

  /** Life of the token copied last for a subject; undefined when none was made. */
  lifeOf(
    folder: vscode.WorkspaceFolder,
    subject: string,
  ): { readonly expiresAt: number; readonly lifetime: number } | undefined {
    return this.#tokens.lifeOf(folder, subject);
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #renew(given?: string): Promise<void> {
    const folder = await requireFolder();
    const subject = given ?? (await this.#pickSubject(folder));
    if (subject === undefined) return;
    await this.#copy(subject, this.#forms.get(keyOf(folder, subject)) ?? 'token');
  }

  /** @param form undefined to ask for it */
  async #copy(given: string | undefined, form: CopyForm | undefined): Promise<void> {
    const folder = await requireFolder();
    const subject = given ?? (await this.#pickSubject(folder));
    const wanted = subject === undefined ? undefined : (form ?? (await pickForm(subject)));
    if (subject === undefined || wanted === undefined) return;
    const project = await this.projects.of(folder);
    const asks = isRequestForm(wanted);
    const request = {
      gatewayUrl: asks ? requireGatewayUrl(project) : '',
      method: 'GET',
      path: pathOf(asks ? (await this.tables.tablesOf(folder))[0]?.table : undefined),
      engine: project.engine?.value,
      schema: project.schema?.value,
    };
    const minted = await this.#tokens.mint(folder, subject);
    await vscode.env.clipboard.writeText(copyText(wanted, minted.token, request));
    this.#forms.set(keyOf(folder, subject), wanted);
    this.#tokens.remember(folder, subject, minted);
    const { claims } = minted;
    const objections = objectionsTo(claims, project.engine?.value, claims.iat);
    tell(
      [
        `${FORM_NAMES[wanted].said} ${subject} copied. It is a live credential for ${lifeOf(minted)}.`,
        ...objections.map(({ message }) => message),
      ].join(' '),
    );
  }

  async #showClaims(given?: string): Promise<void> {
    const folder = await requireFolder();
    const subject = given ?? (await this.#pickSubject(folder));
    if (subject === undefined) return;
    const minted = await this.#tokens.mint(folder, subject);
    const { claims } = minted;
    const { engine } = await this.projects.of(folder);
    const objections = objectionsTo(claims, engine?.value, claims.iat);
    await this.#pages.show(`Claims of ${subject}`, [
      `A token made now for \`${subject}\` carries these claims and is good for ${lifeOf(minted)}.`,
      `\`\`\`json\n${JSON.stringify(claims, null, 2)}\n\`\`\``,
      ...objections.map(({ message, fix }) => `${message} ${fix}`),
    ]);
  }

  async #editSubject(given?: string): Promise<void> {
    const folder = await requireFolder();
    const subject = given ?? (await this.#pickSubject(folder));
    if (subject === undefined) return;
    const { tokenRole: role, tokenLifetime: lifetime } = readSettings(folder.uri);
    const { engine } = await this.projects.of(folder);
    await this.subjects.add(folder, subject);
    await editSubject(
      this.subjects.find(folder, subject),
      { role, lifetime, engine: engine?.value },
      changed => this.subjects.change(folder, changed),
    );
  }

  async #pickSubject(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
    const known = this.subjects.all(folder);
    if (known.length === 0) return this.#addSubject(folder);
    const other = { label: '$(add) Another subject…' };
    const items = known.map(({ subject, label = '' }) => ({ label: subject, description: label }));
    const picked = await vscode.window.showQuickPick([...items, other], {
      title: 'For which subject?',
      placeHolder: 'The id that owns the rows',
    });
    return picked === other ? this.#addSubject(folder) : picked?.label;
  }

  async #addSubject(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
    const subject = await vscode.window.showInputBox({
      title: 'Test subject',
      prompt: 'The id that owns the rows: what auth.uid() returns for this user.',
      placeHolder: '104923, user_2abC or ann@example.com',
      validateInput: text =>
        isReadableSubject(text) ? undefined : 'With a colon it must be a URI: PostgREST refuses this one.',
    });
    if (subject === undefined || subject.trim() === '') return undefined;
    await this.subjects.add(folder, subject.trim());
    return subject.trim();
  }

  async #removeSubject(given?: string): Promise<void> {
    const folder = await requireFolder();
    const subject =
      given ??
      (await vscode.window.showQuickPick([...this.subjects.list(folder)], {
        title: 'Remove which subject?',
      }));
    if (subject !== undefined) await this.subjects.remove(folder, subject);
  }
}

async function pickForm(subject: string): Promise<CopyForm | undefined> {
  const items = (Object.keys(FORM_NAMES) as CopyForm[]).map(form => ({
    label: FORM_NAMES[form].label,
    form,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: `Copy a token for ${subject} as` });
  return picked?.form;
}

function lifeOf({ claims }: MintedToken): string {
  return formatDuration(claims.exp - claims.iat);
}

function keyOf(folder: vscode.WorkspaceFolder, subject: string): string {
  return `${folder.uri.toString()} ${subject}`;
}
