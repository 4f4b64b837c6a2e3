/** Providers the wizard can write; the other ones of Auth.js have the same shape. */
export const PROVIDERS = ['github'] as const;
export type Provider = (typeof PROVIDERS)[number];

export function isProvider(value: unknown): value is Provider {
  return (PROVIDERS as readonly unknown[]).includes(value);
}

/** What the person chose; everything else follows from the guide. */
export interface ScaffoldAnswers {
  readonly provider: Provider;
  /** API schema to qualify the SQL with; undefined leaves names unqualified, which fits every project. */
  readonly schema?: string | undefined;
}
