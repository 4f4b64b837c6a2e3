import type { TextEdit } from '../../lint/finding';

/** How many lines, of both texts together, are looked at for the place where they go on alike. */
const SEARCH = 400;

/** Small edits that make one text of the other: what they have in common stays, and with it cursors and markers. */
export function differences(file: string, before: string, after: string): TextEdit[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const edits: TextEdit[] = [];
  let offset = 0;
  for (let i = 0, j = 0; i < old.length || j < now.length;) {
    if (old[i] === now[j]) {
      offset += old[i]?.length ?? 0;
      i += 1;
      j += 1;
      continue;
    }
    const [gone, come] = nextCommon(old, now, i, j);
    const text = old.slice(i, i + gone).join('');
    edits.push(narrowed(file, offset, text, now.slice(j, j + come).join('')));
    offset += text.length;
    i += gone;
    j += come;
  }
  return edits;
}

/** How many lines of each text to pass over until both go on alike; the rest of both where that is far away. */
function nextCommon(
  old: readonly string[],
  now: readonly string[],
  i: number,
  j: number,
): readonly [number, number] {
  const [restOfOld, restOfNow] = [old.length - i, now.length - j];
  for (let sum = 1; sum <= Math.min(SEARCH, restOfOld + restOfNow); sum += 1) {
    for (let gone = Math.max(0, sum - restOfNow); gone <= Math.min(sum, restOfOld); gone += 1) {
      if (old[i + gone] === now[j + sum - gone]) return [gone, sum - gone];
    }
  }
  return [restOfOld, restOfNow];
}

/** The replacement of one text by another, without what they have in common at both ends. */
function narrowed(file: string, offset: number, before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let kept = 0;
  while (kept < shorter - start && before.at(-1 - kept) === after.at(-1 - kept)) kept += 1;
  return {
    at: { file, start: offset + start, end: offset + before.length - kept },
    text: after.slice(start, after.length - kept),
  };
}

/** Lines with their line ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
