import * as vscode from 'vscode';
import { isReadableSubject } from '../../flux/claims';
import { curlLine } from '../../tokens/curl';
import { formatDuration, parseDuration } from '../../tokens/duration';
import { mintToken, type MintedToken } from '../../tokens/mint';
import { ActionableError, type Commands } from '../commands';
import { DisposableStore } from '../disposables';
import { tell } from '../notify';
import type { Projects } from '../project/projects';
import { requireFolder, requireGatewayUrl, requireSecret } from '../project/require';
import { readSettings } from '../settings';
import type { TableFinder } from '../checklist/table-finder';
import { ClaimsPages } from './claims-pages';
import { TokenInspector } from './token-inspector';
import type { Subjects } from './subjects';

/** Mint, copy, show, inspect: tokens for test subjects. A token exists only on the clipboard. */
export class TokenCommands implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #minted = this.#store.add(new vscode.EventEmitter<void>());
  readonly #pages = this.#store.add(new ClaimsPages());
  /** When the token copied last for a subject expires, by folder and subject. */
  readonly #expiries = new Map<string, number>();

  readonly onDidMint = this.#minted.event;

  constructor(
    commands: Commands,
    private readonly projects: Projects,
    private readonly subjects: Subjects,
    private readonly tables: TableFinder,
  ) {
    const inspector = new TokenInspector(projects, this.#pages);
    for (const registration of [
      commands.register('fluxRls.addSubject', async () => {
        await this.#addSubject(await requireFolder());
      }),
      commands.register('fluxRls.removeSubject', subject => this.#removeSubject(subject)),
      commands.register('fluxRls.mintToken', subject => this.#copyToken(subject)),
      commands.register('fluxRls.copyCurl', subject => this.#copyCurl(subject)),
      commands.register('fluxRls.showClaims', subject => this.#showClaims(subject)),
      commands.register('fluxRls.inspectToken', () => inspector.inspect(), { needsTrust: false }),
    ]) {
      this.#store.add(registration);
    }
  }

  /** Unix seconds; undefined when no token was made. */
  expiryOf(folder: vscode.WorkspaceFolder, subject: string): number | undefined {
    return this.#expiries.get(keyOf(folder, subject));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #copyToken(given?: string): Promise<void> {
    const folder = await requireFolder();
    const subject = given ?? (await this.#pickSubject(folder));
    if (subject === undefined) return;
    const minted = await this.#mint(folder, subject);
    await vscode.env.clipboard.writeText(minted.token);
    this.#tellCopied(`token for ${subject}`, minted);
  }

  async #copyCurl(given?: string): Promise<void> {
    const folder = await requireFolder();
    const project = await this.projects.of(folder);
    const gatewayUrl = requireGatewayUrl(project);
    const subject = given ?? (await this.#pickSubject(folder));
    if (subject === undefined) return;
    const minted = await this.#mint(folder, subject);
    const [table] = await this.tables.tablesOf(folder);
    const line = curlLine({
      gatewayUrl,
      table: table?.table,
      engine: project.engine?.value,
      schema: project.schema?.value,
      token: minted.token,
    });
    await vscode.env.clipboard.writeText(line);
    this.#tellCopied(`curl line as ${subject}`, minted);
  }

  async #showClaims(given?: string): Promise<void> {
    const folder = await requireFolder();
    const subject = given ?? (await this.#pickSubject(folder));
    if (subject === undefined) return;
    const { claims } = await this.#mint(folder, subject);
    const left = formatDuration(claims.exp - Math.floor(Date.now() / 1000));
    await this.#pages.show(`Claims of ${subject}`, [
      `A token made now for \`${subject}\` carries these claims and is good for ${left}.`,
      `\`\`\`json\n${JSON.stringify(claims, null, 2)}\n\`\`\``,
    ]);
  }

  async #mint(folder: vscode.WorkspaceFolder, subject: string): Promise<MintedToken> {
    const secret = requireSecret(await this.projects.of(folder));
    const { tokenRole: role, tokenLifetime } = readSettings(folder.uri);
    const lifetime = parseDuration(tokenLifetime);
    if (lifetime === undefined) {
      throw new ActionableError(
        `The setting fluxRls.token.lifetime is a time such as 90s, 5m or 1h, not "${tokenLifetime}".`,
        {
          label: 'Open Setting',
          run: () =>
            vscode.commands.executeCommand('workbench.action.openSettings', 'fluxRls.token.lifetime'),
        },
      );
    }
    const minted = await mintToken({ subject, secret, role, lifetime });
    this.#expiries.set(keyOf(folder, subject), minted.claims.exp);
    this.#minted.fire();
    return minted;
  }

  #tellCopied(what: string, { claims }: MintedToken): void {
    const life = formatDuration(claims.exp - claims.iat);
    tell(`${what} copied. It is a live credential for ${life}.`);
  }

  async #pickSubject(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
    const known = this.subjects.list(folder);
    if (known.length === 0) return this.#addSubject(folder);
    const other = { label: '$(add) Another subject…' };
    const picked = await vscode.window.showQuickPick([...known.map(label => ({ label })), other], {
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

function keyOf(folder: vscode.WorkspaceFolder, subject: string): string {
  return `${folder.uri.toString()} ${subject}`;
}
