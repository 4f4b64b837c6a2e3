import { SUBJECT_COLORS, type SubjectColor } from '../../panel/messages';
import { parseDuration } from '../../tokens/duration';
import { OWN_CLAIMS } from '../../tokens/mint';

/** A user to test with, and what tokens for it carry. */
export interface TestSubject {
  /** The id that owns the rows. */
  readonly subject: string;
  readonly color: SubjectColor;
  /** What the person calls it. */
  readonly label?: string;
  /** Claims beside those that every token has. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The claims take the place of the token's own, too. */
  readonly override?: boolean;
  /** As the setting has it, `5m`; the setting's when left out. */
  readonly lifetime?: string;
  /** The setting's when left out. */
  readonly role?: string;
}

/** Reads what was kept; earlier versions kept the ids alone. What is neither is left out. */
export function readSubjects(kept: unknown): readonly TestSubject[] {
  if (!Array.isArray(kept)) return [];
  return kept.reduce<readonly TestSubject[]>((known, entry: unknown) => {
    if (typeof entry === 'string') return withSubject(known, entry);
    if (!isRecord(entry) || typeof entry.subject !== 'string') return known;
    return withSubject(known, entry.subject, entry);
  }, []);
}

/** The list with one more subject, in the color that is used least; the same list when it is there already. */
export function withSubject(
  known: readonly TestSubject[],
  subject: string,
  facts: Readonly<Record<string, unknown>> = {},
): readonly TestSubject[] {
  if (known.some(other => other.subject === subject)) return known;
  const { label, claims, lifetime, role, override } = facts;
  const uses = (color: SubjectColor): number => known.filter(other => other.color === color).length;
  const [rarest = 'blue'] = [...SUBJECT_COLORS].sort((one, other) => uses(one) - uses(other));
  return [
    ...known,
    {
      subject,
      color: SUBJECT_COLORS.find(color => color === facts.color) ?? rarest,
      ...(typeof label === 'string' && { label }),
      ...(isRecord(claims) && { claims }),
      ...(override === true && { override }),
      ...(typeof lifetime === 'string' && parseDuration(lifetime) !== undefined && { lifetime }),
      ...(typeof role === 'string' && { role }),
    },
  ];
}

/**
 * Reads extra claims as a person types them.
 * @returns a sentence that says why, when the text is no JSON object; no claims at all for nothing
 */
export function parseClaims(text: string): Readonly<Record<string, unknown>> | string {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : 'Claims are a JSON object: { "org_id": "acme" }.';
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Names of claims that every token has by itself, among these. */
export function ownClaimsIn(claims: Readonly<Record<string, unknown>>): string[] {
  return OWN_CLAIMS.filter(name => name in claims);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
