import type { CheckId } from '../../checklist/check-ids';

/** A request that a run would send, without its token. */
export interface PlannedRequest {
  readonly table: string;
  readonly check: CheckId;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The subject who would ask, or `nobody`. */
  readonly as: string;
  /** Empty without a body. */
  readonly body: string;
  readonly headers: readonly string[];
  /** What the answer has to be for the check to pass, in words. */
  readonly expected: string;
}
