import type { Verb } from './check-ids';
import type { CheckId } from './verdict';

/** A mistake that is planted into a schema that is right, to see whether the checklist finds it. */
export interface Defect {
  readonly id: string;
  readonly title: string;
  readonly table: string;
  readonly verb: Verb | 'all';
  /** The view or function that it is about. */
  readonly through?: string;
  /** SQL for the superuser, after the push; undefined for what no SQL brings about: a gateway that checks no tokens. */
  readonly plant: string | undefined;
  /** Whether somebody gets at rows by it, or is kept from their own. */
  readonly effect: 'opens' | 'closes';
  /**
   * Checks of the table that must not pass any more; the others stay what they were. Empty where the SQL does not tell,
   * such as where another policy lets in whoever this one did.
   */
  readonly expectedBy: readonly CheckId[];
}
