import { element } from './element';
import type { PanelMark } from './messages';

/** A subject's color and letter; the letter says alone what both say. */
export function markSign({ mark, color }: PanelMark): HTMLElement {
  return element(
    'span',
    { class: 'mark' },
    element('span', { class: `swatch swatch-${color}`, 'aria-hidden': 'true' }),
    mark,
  );
}
