/** The name that a misspelled one stands for, at most two letters away; undefined when none is that near. */
export function nearestName(misspelled: string, names: readonly string[]): string | undefined {
  const [nearest] = byDistance(misspelled, names);
  return nearest && nearest.distance <= 2 ? nearest.name : undefined;
}

/** Up to three names that somebody may have meant: those that hold the word, then those that are spelled alike. */
export function namesLike(word: string, names: readonly string[]): string[] {
  const holds = names.filter(name => word.length > 2 && name.includes(word.toLowerCase()));
  const alike = byDistance(word, names).filter(({ distance }) => distance <= Math.max(2, word.length / 3));
  return [...new Set([...holds, ...alike.map(({ name }) => name)])].slice(0, 3);
}

function byDistance(word: string, names: readonly string[]): { name: string; distance: number }[] {
  return names
    .map(name => ({ name, distance: letterDistance(word.toLowerCase(), name) }))
    .sort((a, b) => a.distance - b.distance);
}

/** Levenshtein distance: how many letters differ. */
function letterDistance(a: string, b: string): number {
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
