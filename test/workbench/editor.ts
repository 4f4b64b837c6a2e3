import { type Locator, type Page } from 'playwright-core';
import { HarnessFailure } from './harness-failure';

/** Severity of a problem that is underlined. */
export type Squiggle = 'error' | 'warning' | 'info' | 'hint';

/** Milliseconds for a hover or a list of quick fixes to open, and how often each underline is tried. */
const POPUP_LIMIT = 3_000;
const ROUNDS = 3;

/** What is read of a line's element: the lines are not in the order of the text. */
interface LineElement {
  readonly style: { readonly top: string };
  readonly textContent: string | null;
}

/** The active text editor, and its tab. */
export class Editor {
  private readonly group: Locator;

  constructor(private readonly page: Page) {
    this.group = page.locator('.editor-group-container.active');
  }

  /** Waits until the file with this name is the one that is shown. */
  async waitForTab(name: string): Promise<void> {
    await this.group.locator(`.tab.active[data-resource-name=${JSON.stringify(name)}]`).waitFor();
    await this.group.locator('.view-lines .view-line').first().waitFor();
  }

  squiggles(severity: Squiggle): Locator {
    return this.group.locator(`.view-overlays .squiggly-${severity}`);
  }

  async hoverSquiggle(text: string, severity: Squiggle): Promise<string> {
    const contents = ':is(.monaco-hover, .monaco-resizable-hover):visible .hover-contents';
    const hover = this.page.locator(contents).filter({ hasText: text }).first();
    const found = await this.tryEach(severity, async ({ x, y }) => {
      await this.page.mouse.move(1, 1);
      await this.page.mouse.move(x, y, { steps: 4 });
      return appears(hover);
    });
    if (!found) throw new HarnessFailure(`No ${severity} shows a hover with "${text}".`);
    return (await hover.innerText()).trim();
  }

  async applyQuickFix(title: string, severity: Squiggle): Promise<void> {
    const menu = this.page.locator('.action-widget:visible');
    const row = menu.locator('.monaco-list-row', { hasText: title }).first();
    const found = await this.tryEach(severity, async ({ x, y }) => {
      await this.page.keyboard.press('Escape');
      await this.page.mouse.click(x, y);
      await this.page.keyboard.press('Control+.');
      return appears(row);
    });
    if (!found) throw new HarnessFailure(`No ${severity} offers the quick fix "${title}".`);
    await row.click();
    await menu.waitFor({ state: 'hidden' });
  }

  async visibleText(): Promise<string> {
    const lines = await this.group
      .locator('.editor-instance .view-lines .view-line')
      .evaluateAll((elements: LineElement[]) =>
        elements.map(line => ({ top: Number.parseFloat(line.style.top), text: line.textContent ?? '' })),
      );
    const ordered = lines.sort((one, other) => one.top - other.top);
    return ordered.map(line => line.text.replaceAll('\u00a0', ' ')).join('\n');
  }

  async save(): Promise<void> {
    const tab = (state: string): Locator => this.group.locator(`.tabs-container .tab.active${state}`);
    await tab('.dirty').waitFor();
    await this.page.keyboard.press('Control+S');
    await tab(':not(.dirty)').waitFor();
  }

  /** Goes over the underlines until one does what is wanted; again, because the layout may move below the mouse. */
  private async tryEach(severity: Squiggle, attempt: (point: Point) => Promise<boolean>): Promise<boolean> {
    const squiggles = this.squiggles(severity);
    await squiggles.first().waitFor();
    for (let round = 1; round <= ROUNDS; round++) {
      for (const squiggle of await squiggles.all()) {
        const box = await squiggle.boundingBox({ timeout: POPUP_LIMIT }).catch(() => null);
        if (!box) continue;
        const point = { x: box.x + Math.min(12, box.width / 2), y: box.y + box.height / 2 };
        if (await attempt(point)) return true;
      }
    }
    return false;
  }
}

interface Point {
  readonly x: number;
  readonly y: number;
}

async function appears(target: Locator): Promise<boolean> {
  return target.waitFor({ timeout: POPUP_LIMIT }).then(
    () => true,
    () => false,
  );
}
