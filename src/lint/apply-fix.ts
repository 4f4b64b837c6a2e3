import type { Fix, TextEdit } from './finding';

/** Applies edits of one file that do not overlap. Texts that are inserted at one place keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end)) {
    result += text.slice(at, edit.at.start) + edit.text;
    at = edit.at.end;
  }
  return result + text.slice(at);
}

/**
 * The fixes that can be applied together, the earlier ones first: none of them changes what another one changes, and
 * two that say exactly the same count as one.
 */
export function compatibleFixes(fixes: readonly Fix[]): Fix[] {
  const chosen = new Map<string, Fix>();
  for (const fix of fixes) {
    const key = JSON.stringify(fix.edits);
    if (chosen.has(key)) continue;
    if ([...chosen.values()].every(other => !collide(fix.edits, other.edits))) chosen.set(key, fix);
  }
  return [...chosen.values()];
}

function collide(edits: readonly TextEdit[], others: readonly TextEdit[]): boolean {
  return edits.some(({ at: a }) =>
    others.some(({ at: b }) => a.file === b.file && a.start < b.end && b.start < a.end),
  );
}
