const CONTROLS = 'button, summary, [tabindex]';

/** What has the focus, found again by name in a page that was drawn anew. */
export interface KeptFocus {
  readonly key: string;
  /** Which one, of several with the same name. */
  readonly index: number;
}

/** The focused control; undefined when it is none. */
export function keptFocus(): KeptFocus | undefined {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !active.matches(CONTROLS)) return undefined;
  const key = keyOf(active);
  return { key, index: namesakes(key).indexOf(active) };
}

/** Gives the focus back, without scrolling to it. */
export function restoreFocus(kept: KeptFocus | undefined): void {
  if (!kept) return;
  const found = namesakes(kept.key);
  (found[kept.index] ?? found[0])?.focus({ preventScroll: true });
}

function namesakes(key: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(CONTROLS)].filter(control => keyOf(control) === key);
}

/** A control's own id or key, else its name within the part of the page it stands in. */
function keyOf(control: HTMLElement): string {
  const own = control.id || control.dataset.key;
  if (own) return own;
  const part = control.parentElement?.closest('[id]')?.id ?? '';
  return `${part} ${control.tagName} ${control.getAttribute('aria-label') ?? control.textContent}`;
}
