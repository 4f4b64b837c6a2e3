import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { type Squiggle, Editor } from './editor';
import { QuickInput, exactly } from './quick-input';
import { type VsCodeServer } from './server';
import { until } from './until';

/** The kinds of color theme that VS Code ships a default of. */
export type ThemeKind = 'dark' | 'light' | 'high contrast';

/** What the workbench's root is called in each. */
const THEME_CLASSES: Readonly<Record<ThemeKind, string>> = {
  dark: 'vs-dark',
  light: 'vs',
  'high contrast': 'hc-black',
};

const VIEWPORT = { width: 1400, height: 900 };

/** Milliseconds until a part of the workbench counts as missing. */
const START_LIMIT = 60_000;
const LIMIT = 30_000;

/** VS Code in a browser tab, seen and used as a user does. Every call returns when its effect can be seen. */
export class Workbench {
  private readonly quickInput: QuickInput;
  private readonly editor: Editor;

  constructor(
    readonly page: Page,
    private readonly server: VsCodeServer,
  ) {
    page.setDefaultTimeout(LIMIT);
    this.quickInput = new QuickInput(page);
    this.editor = new Editor(page);
  }

  /** Opens a tab of its own, with the clipboard allowed. {@link close} closes it. */
  static async inBrowser(browser: Browser, server: VsCodeServer): Promise<Workbench> {
    const permissions = ['clipboard-read', 'clipboard-write'];
    const context = await browser.newContext({ viewport: VIEWPORT, permissions });
    return new Workbench(await context.newPage(), server);
  }

  /** Loads the workbench with `folder`, and waits for its frame and for the extension's container. */
  async open({ folder, containerTitle = '' }: { folder: string; containerTitle?: string }): Promise<void> {
    await this.page.goto(this.server.address({ folder }), { waitUntil: 'commit' });
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: START_LIMIT });
    await this.activityBarItem(containerTitle).waitFor({ timeout: START_LIMIT });
  }

  /** Shows the container with this title in the side bar. */
  async openContainer(title: string): Promise<void> {
    const item = this.activityBarItem(title);
    const shown = /\bchecked\b/.test((await item.getAttribute('class')) ?? '');
    if (!shown) await item.click();
    await this.page.locator('.part.sidebar .composite.title h2', { hasText: title }).first().waitFor();
  }

  /** Runs a command by its whole title in the command palette, such as `View: Toggle Panel`. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.choose('F1', `>${title}`, title);
  }

  /** Types an answer into the open input box, or picks the entry of the open list that it names. */
  async answerQuickInput(text: string, { pick = false }: { pick?: boolean } = {}): Promise<void> {
    if (pick) await this.quickInput.pick(text);
    else await this.quickInput.submit(text);
  }

  /** Opens a file of the folder by its name, or by its path in the folder. */
  async openFile(file: string): Promise<void> {
    const name = path.posix.basename(file);
    await this.quickInput.choose('Control+P', file, name);
    await this.editor.waitForTab(name);
  }

  /**
   * The message of a notification that is on the screen, or will be. VS Code shows no fourth one that comes within 0.8 s,
   * which only a test is fast enough to ask for.
   */
  notification(text: string): Locator {
    return this.toast(text).locator('.notification-list-item-message').first();
  }

  /** Presses a button of a notification; the notification goes away. */
  async clickNotificationButton(text: string, button: string): Promise<void> {
    const target = this.toast(text)
      .locator('.monaco-button', { hasText: exactly(button) })
      .first();
    await target.click();
    await target.waitFor({ state: 'hidden' });
    // A mouse that rests on the next notification would keep it on the screen.
    await this.page.mouse.move(1, 1);
  }

  /** Puts away all notifications. */
  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.toast('').waitFor({ state: 'hidden' });
  }

  /** Trusts the open folder, which the server must have been started to ask for. */
  async trustFolder(): Promise<void> {
    const restricted = this.page.locator('[id="status.workspaceTrust"]');
    await restricted.click();
    await this.page.locator('.workspace-trust-editor .monaco-button', { hasText: exactly('Trust') }).click();
    await restricted.waitFor({ state: 'hidden' });
    await this.runCommand('View: Close Editor');
  }

  /** A modal dialog. */
  dialog(text: string): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: text }).first();
  }

  /** Presses a button of a modal dialog; the dialog goes away. */
  async clickDialogButton(text: string, button: string): Promise<void> {
    const dialog = this.dialog(text);
    await dialog
      .locator('.monaco-button', { hasText: exactly(button) })
      .first()
      .click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /**
   * The document inside a webview of an extension that can be seen; `has` is a selector that picks one of several.
   * VS Code keeps webviews apart from their views and puts the extension's document into a second frame.
   */
  async webview(extensionId: string, { has = 'body' }: { has?: string } = {}): Promise<FrameLocator> {
    const address = `extensionId=${encodeURIComponent(extensionId)}`;
    const outer = this.page.locator(`iframe.webview.ready[src*="${address}" i]`);
    return until(`visible webview of ${extensionId} with ${has}`, async () => {
      for (const candidate of await outer.all()) {
        const document = candidate.contentFrame().locator('iframe#active-frame').contentFrame();
        if ((await candidate.isVisible()) && (await document.locator(has).first().isVisible()))
          return document;
      }
      return undefined;
    });
  }

  /** The underlines of one severity in the active editor. */
  squiggles(severity: Squiggle): Locator {
    return this.editor.squiggles(severity);
  }

  /** Moves the mouse over the underlines until a hover shows `text`, and returns all of the hover's text. */
  async hoverSquiggle(text: string, severity: Squiggle): Promise<string> {
    return this.editor.hoverSquiggle(text, severity);
  }

  /** Applies the quick fix with this title, wherever an underline offers it. */
  async applyQuickFix(title: string, severity: Squiggle): Promise<void> {
    await this.editor.applyQuickFix(title, severity);
  }

  /** Switches the color theme as a user would, without a reload. */
  async setTheme(name: string, kind: ThemeKind): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.answerQuickInput(name, { pick: true });
    await this.page.locator(`.monaco-workbench.${THEME_CLASSES[kind]}`).waitFor();
  }

  /** The lines of the active editor that are on the screen. */
  async visibleText(): Promise<string> {
    return this.editor.visibleText();
  }

  /** Saves the active editor, which must have unsaved changes. */
  async saveActive(): Promise<void> {
    await this.editor.save();
  }

  async readClipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** What the status bar counts at this moment. */
  async problemsCount(): Promise<ProblemsCount> {
    const label = (await this.page.locator('[id="status.problems"]').getAttribute('aria-label')) ?? '';
    const count = (kind: string): number => Number(new RegExp(`${kind}: (\\d+)`).exec(label)?.[1] ?? 0);
    return { errors: count('Errors'), warnings: count('Warnings'), infos: count('Infos') };
  }

  /** Writes a picture of the window. */
  async screenshot(file: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled' });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** The item whose label starts with `title`; a badge adds to it. */
  private activityBarItem(title: string): Locator {
    const label = `a.action-label${title && `[aria-label^=${JSON.stringify(title)}]`}`;
    return this.page.locator(`.activitybar .action-item:has(> ${label})`).first();
  }

  private toast(text: string): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }
}

/** How many problems of each severity the status bar counts. */
export interface ProblemsCount {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}
