import { element } from './element';
import type { Page } from './page';

/** A collapsible part of the panel with a heading and actions beside it. */
export function section(
  page: Page,
  id: string,
  title: string,
  actions: readonly (HTMLElement | false)[],
  ...content: readonly (Node | string | false | undefined)[]
): HTMLElement {
  const details = element(
    'details',
    { class: 'section', id, ...(page.memory.isClosed(id) ? {} : { open: '' }) },
    element('summary', {}, element('h2', {}, title)),
    element('div', { class: 'body' }, ...content),
  );
  details.addEventListener('toggle', () => {
    page.memory.setClosed(id, !details.open);
  });
  return element(
    'div',
    { class: 'section-frame' },
    details,
    element('div', { class: 'actions' }, ...actions),
  );
}
