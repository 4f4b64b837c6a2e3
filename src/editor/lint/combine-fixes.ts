import type { Fix, TextEdit } from '../../lint/finding';

/**
 * The edits of as many fixes as can be made at once, first come first served: a fix that touches what an earlier one
 * changes is left for the next time. An edit that two fixes share is made once.
 */
export function combineFixes(fixes: readonly Fix[]): TextEdit[] {
  const taken: TextEdit[] = [];
  for (const { edits } of fixes) {
    const own = edits.filter(edit => !taken.some(other => isSame(edit, other)));
    if (!own.some(edit => taken.some(other => collide(edit, other)))) taken.push(...own);
  }
  return taken;
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.text === b.text && a.at.file === b.at.file && a.at.start === b.at.start && a.at.end === b.at.end;
}

/** Two texts put at one place are as bad as two changes of one text: nothing tells which comes first. */
function collide({ at: a }: TextEdit, { at: b }: TextEdit): boolean {
  if (a.file !== b.file) return false;
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}
