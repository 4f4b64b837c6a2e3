import * as vscode from 'vscode';
import { parseDuration } from '../../tokens/duration';
import { mintToken, type MintedToken } from '../../tokens/mint';
import { ActionableError } from '../commands';
import type { Projects } from '../project/projects';
import { requireSecret } from '../project/require';
import { readSettings } from '../settings';
import type { Subjects } from './subjects';

/** Life of the token that was copied last; the token itself is not kept. */
interface Life {
  /** Unix seconds. */
  readonly expiresAt: number;
  /** Seconds. */
  readonly lifetime: number;
}

/** Makes tokens for test subjects as the settings and the subject's own facts say. */
export class SubjectTokens implements vscode.Disposable {
  readonly #minted = new vscode.EventEmitter<void>();
  readonly onDidMint = this.#minted.event;
  /** By folder and subject. */
  readonly #lives = new Map<string, Life>();

  constructor(
    private readonly projects: Projects,
    private readonly subjects: Subjects,
  ) {}

  async mint(folder: vscode.WorkspaceFolder, subject: string): Promise<MintedToken> {
    const secret = requireSecret(await this.projects.of(folder));
    const settings = readSettings(folder.uri);
    const own = this.subjects.find(folder, subject);
    const lifetime = parseDuration(own.lifetime ?? settings.tokenLifetime);
    if (lifetime === undefined) {
      throw new ActionableError(
        `The setting fluxRls.token.lifetime is a time such as 90s, 5m or 1h, not "${settings.tokenLifetime}".`,
        {
          label: 'Open Setting',
          run: () =>
            vscode.commands.executeCommand('workbench.action.openSettings', 'fluxRls.token.lifetime'),
        },
      );
    }
    return mintToken({
      subject,
      secret,
      lifetime,
      role: own.role ?? settings.tokenRole,
      extraClaims: own.claims ?? {},
      override: own.override ?? false,
    });
  }

  /** Notes how long a token that was handed out lives. */
  remember(folder: vscode.WorkspaceFolder, subject: string, { claims }: MintedToken): void {
    this.#lives.set(keyOf(folder, subject), { expiresAt: claims.exp, lifetime: claims.exp - claims.iat });
    this.#minted.fire();
  }

  lifeOf(folder: vscode.WorkspaceFolder, subject: string): Life | undefined {
    return this.#lives.get(keyOf(folder, subject));
  }

  dispose(): void {
    this.#minted.dispose();
  }
}

function keyOf(folder: vscode.WorkspaceFolder, subject: string): string {
  return `${folder.uri.toString()} ${subject}`;
}
