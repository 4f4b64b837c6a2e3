import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import type { LocalFlux } from '../../src/stack/local-flux';
import { TemporaryFolder } from '../support/temporary-folder';
import { launchChromium } from '../workbench/chromium';
import { installVsix } from '../workbench/extensions';
import { ensureVsCode } from '../workbench/install-vscode';
import { Workbench } from '../workbench/page';
import { Profile } from '../workbench/profile';
import type { Settings } from '../workbench/quiet-settings';
import { VsCodeServer } from '../workbench/server';
import { REPOSITORY } from '../support/local-flux';

export const EXTENSION = 'flux-rls.flux-rls';
export const CONTAINER = 'Flux RLS';
export const OUTPUT = path.join(REPOSITORY, 'test-output');

let packed: string | undefined;

/** Packs the extension once, as the README tells, into an output folder without the pictures of an earlier run. */
export function packVsix(): string {
  if (packed !== undefined) return packed;
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  const vsix = path.join(OUTPUT, 'flux-rls.vsix');
  execFileSync('npm', ['run', '--silent', 'package', '--', '--out', vsix], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  packed = vsix;
  return vsix;
}

/** A VS Code in a browser with the packed extension installed, and what has to be closed after it. */
export class Session {
  readonly #open: Workbench[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly server: VsCodeServer,
    private readonly profile: Profile,
  ) {}

  static async start(
    vsix: string,
    options: { settings?: Settings; workspaceTrust?: boolean } = {},
  ): Promise<Session> {
    const vscode = await ensureVsCode({ log: console.log });
    const profile = await Profile.create();
    await installVsix(vscode, profile, vsix);
    const settings = { 'workbench.colorTheme': 'Dark Modern', ...options.settings };
    const server = await VsCodeServer.start({ vscode, profile, ...options, settings });
    return new Session(await launchChromium(), server, profile);
  }

  /** Opens a folder in a window of its own. */
  async workbench(folder: string): Promise<Workbench> {
    const workbench = await Workbench.inBrowser(this.browser, this.server);
    this.#open.push(workbench);
    await workbench.open({ folder, containerTitle: CONTAINER });
    return workbench;
  }

  async stop(): Promise<void> {
    for (const workbench of this.#open) await workbench.close();
    await this.browser.close();
    await this.server.stop();
    await this.profile.remove();
  }
}

/** Opens the panel and gives its page. */
export async function openPanel(workbench: Workbench): Promise<FrameLocator> {
  await workbench.openContainer(CONTAINER);
  return workbench.webview(EXTENSION, { has: '#root > *' });
}

/** The folder of an app whose SQL is what a running Flux serves. */
export function notesApp(flux: LocalFlux, sql: string): TemporaryFolder {
  return new TemporaryFolder({
    'flux.json': '{ "slug": "notes-app", "hash": "1a2b3c4", "mode": "v2_shared" }\n',
    'schema.sql': sql,
    '.env.local': `AUTH_SECRET=not-needed-here\nFLUX_URL=${flux.url}\nFLUX_JWT_SECRET=${flux.jwtSecret.reveal()}\nFLUX_POSTGREST_SCHEMA=${flux.schema}\n`,
  });
}

/** The rendered Markdown page with a heading. */
export async function preview(workbench: Workbench, heading: string): Promise<FrameLocator> {
  return workbench.webview('vscode.markdown-language-features', { has: `h1:text-is("${heading}")` });
}

/** `table, who, verb: verdict` of every cell that was asked about, as a screen reader says it. */
export async function verdictsOf(panel: FrameLocator): Promise<string[]> {
  const cells = await panel.locator('.cell:not(.none)').all();
  return Promise.all(cells.map(async cell => (await cell.getAttribute('aria-label')) ?? ''));
}

/** Waits until a run has ended with these counts, and its rows are gone. */
export async function endOfRun(panel: FrameLocator, counts: RegExp): Promise<void> {
  const section = panel.locator('.section-frame', { has: panel.locator('#isolation') });
  await section
    .filter({ hasText: counts })
    .filter({ hasText: /rows? made/ })
    .waitFor();
}

/** A picture of a window, kept as output of the tests. */
export async function shoot(workbench: Workbench, name: string): Promise<void> {
  await workbench.page.mouse.move(700, 850);
  await workbench.screenshot(path.join(OUTPUT, `${name}.png`));
}
