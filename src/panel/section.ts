import { element } from './element';

/** Sections that the person closed; kept while the page lives. */
const closed = new Set<string>();

/** A collapsible part of the panel with a heading and actions beside it. */
export function section(
  id: string,
  title: string,
  actions: readonly HTMLElement[],
  ...content: readonly (Node | string | false | undefined)[]
): HTMLElement {
  const details = element(
    'details',
    { class: 'section', id, ...(closed.has(id) ? {} : { open: '' }) },
    element('summary', {}, element('h2', {}, title)),
    element('div', { class: 'body' }, ...content),
  );
  details.addEventListener('toggle', () => {
    if (details.open) closed.delete(id);
    else closed.add(id);
  });
  return element(
    'div',
    { class: 'section-frame' },
    details,
    element('div', { class: 'actions' }, ...actions),
  );
}
