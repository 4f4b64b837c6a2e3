import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { panelHtml } from '../../src/editor/panel/panel-html';
import type { PanelState, ToHost } from '../../src/panel/messages';
import { REPOSITORY } from '../support/local-flux';
import { THEMES, type Theme } from './panel-themes';

const ORIGIN = 'http://panel.test';

/** The panel's own page with its own policy and styles, and a host that only listens. */
export class PanelPage {
  private constructor(readonly page: Page) {}

  static async open(browser: Browser, width: number, theme: Theme = 'dark'): Promise<PanelPage> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const script = await bundledScript();
    const html = panelHtml({
      cspSource: ORIGIN,
      nonce: 'abc',
      script: `${ORIGIN}/panel.js`,
      styles: [`${ORIGIN}/codicon.css`, `${ORIGIN}/panel.css`],
    });
    const file = (name: string): Buffer => readFileSync(path.join(REPOSITORY, name));
    const codicons = 'node_modules/@vscode/codicons/dist';
    await page.route(`${ORIGIN}/**`, route => {
      const { pathname } = new URL(route.request().url());
      const [contentType, body] = {
        '/': ['text/html', html],
        '/panel.js': ['text/javascript', script],
        '/panel.css': ['text/css', file('media/panel.css')],
        '/codicon.css': ['text/css', file(`${codicons}/codicon.css`)],
        '/codicon.ttf': ['font/ttf', file(`${codicons}/codicon.ttf`)],
      }[pathname] ?? ['text/plain', ''];
      return route.fulfill({ contentType: String(contentType), body: body! });
    });
    await page.addInitScript(`
      window.sent = [];
      let kept;
      window.acquireVsCodeApi = () => ({
        postMessage: message => window.sent.push(message),
        getState: () => kept,
        setState: state => { kept = state; },
      });
    `);
    await page.goto(`${ORIGIN}/`);
    await page.evaluate(
      `for (const [name, value] of Object.entries(${JSON.stringify(THEMES[theme])}))
        document.documentElement.style.setProperty('--vscode-' + name, value);
      document.body.className = 'vscode-${theme}';`,
    );
    return new PanelPage(page);
  }

  async show(state: PanelState): Promise<void> {
    await this.page.evaluate(
      `window.dispatchEvent(new MessageEvent('message', { data: ${JSON.stringify({ type: 'state', state })} }))`,
    );
  }

  /** What the page sent to the host so far. */
  async sent(): Promise<ToHost[]> {
    return this.page.evaluate('window.sent');
  }

  /** Pixels by which something is wider than the page. */
  async overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  /** Name of the focused control. */
  async focused(): Promise<string | null> {
    return this.page.evaluate(
      'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
    );
  }
}

let bundled: Promise<string> | undefined;

/** The page's script as it is now, whatever was built before. */
function bundledScript(): Promise<string> {
  bundled ??= build({
    entryPoints: [path.join(REPOSITORY, 'src/panel/main.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return bundled;
}
