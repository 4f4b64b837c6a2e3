/** The name that was probably meant: the closest one, at most two letters away (one for names of up to four). */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const limit = name.length <= 4 ? 1 : 2;
  let nearest: string | undefined;
  let least = limit + 1;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const letters = distance(candidate, name);
    if (letters >= least) continue;
    nearest = candidate;
    least = letters;
  }
  return nearest;
}

/** Levenshtein distance: how many letters differ. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
