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

/** Up to three names that somebody may have meant: those that hold the word, then those that are spelled alike. */
export function namesLike(word: string, names: readonly string[]): string[] {
  const holds = names.filter(name => word.length > 2 && name.includes(word.toLowerCase()));
  const alike = names
    .map(name => ({ name, letters: distance(word.toLowerCase(), name) }))
    .filter(({ letters }) => letters <= Math.max(2, word.length / 3))
    .sort((a, b) => a.letters - b.letters);
  return [...new Set([...holds, ...alike.map(({ name }) => name)])].slice(0, 3);
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
