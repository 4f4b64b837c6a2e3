import type { TextEdit } from './finding';

/** Applies edits of one file, the last one first, so that offsets stay true. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.at.start - a.at.start || b.at.end - a.at.end)
    .reduce(
      (result, { at, text: replacement }) => result.slice(0, at.start) + replacement + result.slice(at.end),
      text,
    );
}
