import type { Engine } from '../flux/engine';
import type { Cause } from './diagnose';

/** `unknown` is "cannot tell": no guess is made for it. */
export const VERDICTS = ['pass', 'fail', 'unknown', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The guide's four points. */
export const CHECK_IDS = ['signed-out', 'own-rows-only', 'forged-insert', 'cross-read'] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** One request and its answer, without token and without values of rows. */
export interface Evidence {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The subject who asked, or `nobody` for a request without a token. */
  readonly as: string;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** SQLSTATE or PostgREST code. */
  readonly code: string | null;
  /** What the answer says, in the server's words. */
  readonly answer: string;
  /** True for a request that has to succeed for the others to prove anything. */
  readonly control: boolean;
}

export interface CheckResult {
  readonly table: string;
  readonly check: CheckId;
  readonly verdict: Verdict;
  /** Null for a pass. */
  readonly cause: Cause | null;
  /** What the answers mean. */
  readonly message: string;
  /** What to do about it; empty for a pass. */
  readonly advice: string;
  readonly evidence: readonly Evidence[];
}

/** A row of the checklist that is still in the table. */
export interface LeftRow {
  readonly table: string;
  /** Column and value that find it. */
  readonly key: string;
  readonly owner: string;
  readonly reason: string;
}

export interface RowsReport {
  readonly created: number;
  readonly removed: number;
  readonly left: readonly LeftRow[];
}

export interface ChecklistReport {
  readonly url: string;
  readonly engine: Engine;
  readonly results: readonly CheckResult[];
  readonly rows: RowsReport;
  readonly cancelled: boolean;
}

/** How many results have each verdict. */
export function summarize(results: readonly CheckResult[]): Record<Verdict, number> {
  const count = (verdict: Verdict): number => results.filter(result => result.verdict === verdict).length;
  return { pass: count('pass'), fail: count('fail'), unknown: count('unknown'), skipped: count('skipped') };
}
