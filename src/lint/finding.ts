import type { Span } from '../sql/source-file';
import type { Severity } from './severity';

/** Replaces a range by a text; an empty range inserts. */
export interface TextEdit {
  readonly at: Span;
  readonly text: string;
}

/** A safe, mechanical change that takes the finding away. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Another place that explains the finding. */
export interface RelatedPlace {
  readonly at: Span;
  readonly message: string;
}

/** One thing a rule found, at the smallest range that is wrong. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly at: Span;
  /** What is wrong, what it does, what to do: one or two sentences. */
  readonly message: string;
  readonly related: readonly RelatedPlace[];
  readonly fix?: Fix;
}
