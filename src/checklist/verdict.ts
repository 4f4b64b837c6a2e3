import type { Engine } from '../flux/engine';
import type { Actor, CheckId, Verb } from './check-ids';
import type { Cause } from './diagnose';

export { CHECK_FACTS, CHECK_IDS, type Actor, type CheckId, type Verb } from './check-ids';

/** `unknown` is "cannot tell": no guess is made for it. */
export const VERDICTS = ['pass', 'fail', 'unknown', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** `full` writes rows and removes them; `no-write` asks only in forms that cannot write. */
export const MODES = ['full', 'no-write'] as const;
export type Mode = (typeof MODES)[number];

/** One request and its answer, without token and without values of rows. */
export interface Evidence {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The subject who asked, or `nobody` for a request without a token; `nobody (expired token)` and the like. */
  readonly as: string;
  /** What the request sends, the owner column shown and other values cut; empty without a body. */
  readonly body: string;
  /** The Prefer and Accept headers, where they matter. */
  readonly headers: readonly string[];
  /** What the answer has to be for the check to pass, in words. */
  readonly expected: string;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** SQLSTATE or PostgREST code. */
  readonly code: string | null;
  /** What the answer says, in the server's words. */
  readonly answer: string;
  /** True for a request that has to succeed for the others to prove anything. */
  readonly control: boolean;
  readonly milliseconds: number;
}

export interface CheckResult {
  /** The table, or the path of the app's route. */
  readonly table: string;
  readonly check: CheckId;
  /** The view or function through which the table was asked. */
  readonly through?: string;
  /** The column for which no value can be made. */
  readonly column?: string;
  readonly verb: Verb;
  readonly actor: Actor;
  readonly verdict: Verdict;
  /** Null for a pass. */
  readonly cause: Cause | null;
  /** What the answers mean. */
  readonly message: string;
  /** What to do about it, or what would settle what cannot be told; empty for a pass. */
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
  /** The rows that were made, by table. */
  readonly byTable: readonly { readonly table: string; readonly created: number; readonly removed: number }[];
}

/** A table that is not asked about, and why. */
export interface NotChecked {
  readonly table: string;
  readonly reason: string;
}

export interface ChecklistReport {
  /** Part of the marker in every row of the run. */
  readonly runId: string;
  readonly url: string;
  readonly engine: Engine;
  readonly mode: Mode;
  readonly subjects: readonly [string, string];
  /** ISO 8601. */
  readonly started: string;
  /** From the first request to the last. */
  readonly seconds: number;
  /** What the requests took one by one: more than {@link seconds} where they ran side by side. */
  readonly requestSeconds: number;
  readonly requests: number;
  /** How often and how long the gateway had to be waited for. */
  readonly waits: readonly { readonly reason: string; readonly times: number; readonly seconds: number }[];
  readonly results: readonly CheckResult[];
  readonly notChecked: readonly NotChecked[];
  readonly rows: RowsReport;
  readonly cancelled: boolean;
}

/** How many results have each verdict. */
export function summarize(results: readonly CheckResult[]): Record<Verdict, number> {
  const count = (verdict: Verdict): number => results.filter(result => result.verdict === verdict).length;
  return { pass: count('pass'), fail: count('fail'), unknown: count('unknown'), skipped: count('skipped') };
}

/** The worst of several verdicts, for a cell that stands for more than one check; undefined for none. */
export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return (['fail', 'unknown', 'pass', 'skipped'] as const).find(verdict => verdicts.includes(verdict));
}
