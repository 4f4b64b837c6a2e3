type Child = Node | string | false | null | undefined;
type Attributes = Readonly<Record<string, string | ((event: Event) => void)>>;

/** Makes an element; text goes in as text, never as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string') made.setAttribute(name, value);
    else made.addEventListener(name, value);
  }
  made.append(...children.filter(child => child !== false && child !== null && child !== undefined));
  return made;
}

/** A codicon; what it says has to be said in words next to it. */
export function icon(name: string, extra = ''): HTMLElement {
  return element('span', { class: `codicon codicon-${name} ${extra}`.trim(), 'aria-hidden': 'true' });
}

/** A button with an icon only; its label is its name and its tooltip. */
export function iconButton(name: string, label: string, click: () => void): HTMLButtonElement {
  return element(
    'button',
    { class: 'icon-button', type: 'button', title: label, 'aria-label': label, click },
    icon(name),
  );
}

/** A button that looks like a link, for what is not the first thing to do. */
export function linkButton(label: string, click: () => void, name = label): HTMLButtonElement {
  return element('button', { class: 'link', type: 'button', 'aria-label': name, click }, label);
}

/** Text for a screen reader alone. */
export function spoken(text: string): HTMLElement {
  return element('span', { class: 'sr-only' }, text);
}
