import type { Finding } from './finding';
import { isAtLeast } from './severity';

/**
 * Makes one list of what the engines were found to have: the same finding on both counts once, with the worse severity.
 * A rule may find several things at one place, so they are told apart by what they say.
 */
export function mergeEngines(runs: readonly (readonly Finding[])[]): Finding[] {
  const merged = new Map<string, Finding[]>();
  for (const run of runs) {
    for (const [place, findings] of byPlace(run)) {
      merged.set(place, mergedAt(merged.get(place) ?? [], findings));
    }
  }
  return [...merged.values()].flat();
}

function byPlace(findings: readonly Finding[]): Map<string, Finding[]> {
  const places = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = `${finding.rule} ${finding.at.start} ${finding.at.file}`;
    const there = places.get(place) ?? [];
    const others = there.filter(({ message }) => message !== finding.message);
    places.set(place, [...others, worseOf(finding, saying(finding.message, there))]);
  }
  return places;
}

/** Pairs the findings that say the same, then the others in their order: a message may name its engine. */
function mergedAt(known: readonly Finding[], next: readonly Finding[]): Finding[] {
  const [more, fewer] = next.length > known.length ? [next, known] : [known, next];
  const otherwise = fewer.filter(({ message }) => !saying(message, more));
  return more.map(finding => worseOf(finding, saying(finding.message, fewer) ?? otherwise.shift()));
}

function saying(message: string, findings: readonly Finding[]): Finding | undefined {
  return findings.find(finding => finding.message === message);
}

function worseOf(finding: Finding, other: Finding | undefined): Finding {
  return other && !isAtLeast(finding.severity, other.severity) ? other : finding;
}
