import type { CatalogFacts, CatalogQuestion, PolicyFact } from './catalog-facts';

/** Whether a cause holds, and what the catalog says about it. */
export interface CatalogAnswer {
  /** Undefined where the catalog cannot tell. */
  readonly confirmed: boolean | undefined;
  /** What was found, for people; the first one answers the question. */
  readonly sentences: readonly string[];
}

/** Says of one cause what the facts say. */
export type Explain = (facts: CatalogFacts, question: CatalogQuestion) => CatalogAnswer;

/** Whether policies of the table count for the role at all. */
export function isBound({ superuser, bypassesRls, ownsTable, forced, rowSecurity }: CatalogFacts): boolean {
  return rowSecurity === true && !superuser && !bypassesRls && !(ownsTable && !forced);
}

/** `notes_owner_read using (owner_id = auth.uid())`. */
export function policyInWords({ name, permissive, using, check }: PolicyFact): string {
  const clauses = [
    using === null ? undefined : `using ${using}`,
    check === null ? undefined : `with check ${check}`,
  ];
  return `${name}${permissive ? '' : ' (restrictive)'} ${clauses.filter(Boolean).join(' ')}`.trim();
}

export function yes(sentence: string): CatalogAnswer {
  return { confirmed: true, sentences: [sentence] };
}

export function no(sentence: string): CatalogAnswer {
  return { confirmed: false, sentences: [sentence] };
}

export function cannotTell(...sentences: string[]): CatalogAnswer {
  return { confirmed: undefined, sentences };
}
