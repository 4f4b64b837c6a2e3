import type { Memory } from './memory';
import type { ToHost } from './messages';

/** What every part of the page needs: a way to the host, what the person opened, and to be drawn again. */
export interface Page {
  readonly memory: Memory;
  send(message: ToHost): void;
  redraw(): void;
}
