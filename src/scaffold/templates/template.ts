import type { ScaffoldAnswers } from '../answers';

/** One generated file: where it goes in the app, and its text. */
export interface Template {
  /** Posix path relative to the app's folder. */
  readonly path: string;
  readonly render: (answers: ScaffoldAnswers) => string;
}
