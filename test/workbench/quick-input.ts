import { type Locator, type Page } from 'playwright-core';
import { until } from './until';

/** Milliseconds for the first attempt to get an answer from the box; each further one has as much more. */
const ATTEMPT_LIMIT = 1_000;

/** Matches a text that is `text` but for blanks around it. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

/** The box at the top of the window: command palette, file picker and the extensions' questions. */
export class QuickInput {
  private readonly widget: Locator;
  private readonly input: Locator;
  private readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget:visible');
    this.input = this.widget.locator('.quick-input-box input');
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Opens the box with a key, types `filter` and chooses the entry labeled `label`. */
  async choose(key: string, filter: string, label: string): Promise<void> {
    let timeout = 0;
    await until(`entry "${label}"`, async () => {
      timeout += ATTEMPT_LIMIT;
      await this.page.keyboard.press(key);
      if (await this.chose(filter, label, { timeout })) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
    await this.answered(filter);
  }

  /** Types into the open box and presses Enter. */
  async submit(text: string): Promise<void> {
    await this.input.waitFor();
    const before = await this.state();
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
    await this.moved({ ...before, value: text });
  }

  /** Picks the entry with this label from the open list; failing that, the first one whose text holds it. */
  async pick(text: string): Promise<void> {
    await this.input.waitFor();
    const before = await this.state();
    await this.input.fill(text);
    const similar = this.rows.filter({ hasText: text }).first();
    await similar.waitFor();
    const exact = this.row(text);
    await ((await exact.isVisible()) ? exact : similar).click();
    await this.moved({ ...before, value: text });
  }

  /** No, when a webview that has just loaded took the focus, or when the entry is contributed a little later. */
  private async chose(filter: string, label: string, limit: { timeout: number }): Promise<boolean> {
    const entry = this.row(label);
    try {
      await this.input.fill(filter, limit);
      await entry
        .or(this.rows.filter({ hasText: /^No matching/ }))
        .first()
        .waitFor(limit);
      if (!(await entry.isVisible())) return false;
      await entry.click(limit);
      return true;
    } catch {
      return false;
    }
  }

  private row(label: string): Locator {
    return this.rows.filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) }).first();
  }

  /** The box is closed, or an extension has put a question of its own in its place. */
  private async answered(filter: string): Promise<void> {
    await until(`end of the choice "${filter}"`, async () => (await this.state()).value !== filter);
  }

  private async moved(from: QuickInputState): Promise<void> {
    await until(
      `end of the question "${from.title || from.placeholder}", answered with "${from.value ?? ''}"`,
      async () => {
        const now = await this.state();
        return now.value !== from.value || now.title !== from.title || now.placeholder !== from.placeholder;
      },
    );
  }

  /** Read in one go: the box may close between two questions to the page. */
  private async state(): Promise<QuickInputState> {
    return this.page.evaluate<QuickInputState>(STATE);
  }
}

interface QuickInputState {
  /** Undefined while the box is closed. */
  readonly value?: string;
  readonly title: string;
  readonly placeholder: string;
}

const STATE = `(() => {
  const widget = document.querySelector('.quick-input-widget');
  const input = widget?.querySelector('.quick-input-box input');
  if (!input || widget.style.display === 'none') return { title: '', placeholder: '' };
  const title = widget.querySelector('.quick-input-title')?.textContent ?? '';
  return { value: input.value, title, placeholder: input.placeholder };
})()`;
