import type * as vscode from 'vscode';
import type { CheckId } from '../../checklist/check-ids';
import type { ChecklistReport, CheckResult, Mode, NotChecked } from '../../checklist/verdict';

/** How far the run is with one table. */
export interface TableProgress {
  readonly table: string;
  readonly shared: boolean;
  /** Checks that are finished, of how many. */
  readonly finished: number;
  readonly checks: number;
}

/** What is known of the run that goes on, or of the last one. */
export interface ChecklistRun {
  readonly folder: vscode.WorkspaceFolder | undefined;
  readonly state: 'never' | 'running' | 'cleaning' | 'done' | 'cancelled' | 'failed';
  readonly mode: Mode;
  /** Gateway URL; empty before the first run. */
  readonly url: string;
  readonly tables: readonly TableProgress[];
  /** A and B. */
  readonly subjects: readonly string[];
  /** Checks under way. */
  readonly current: readonly { readonly table: string; readonly check: CheckId }[];
  readonly results: readonly CheckResult[];
  readonly notChecked: readonly NotChecked[];
  readonly report: ChecklistReport | undefined;
  /** Why the run waits, empty while it does not. */
  readonly waiting: string;
  /** Why nothing could be asked, for `failed`. */
  readonly problem: string;
  readonly ended: Date | undefined;
  /** Seconds. */
  readonly seconds: number;
  /** Rows of runs that died, still in their tables. */
  readonly leftBehind: number;
}

export const NEVER: ChecklistRun = {
  folder: undefined,
  state: 'never',
  mode: 'full',
  url: '',
  tables: [],
  subjects: [],
  current: [],
  results: [],
  notChecked: [],
  report: undefined,
  waiting: '',
  problem: '',
  ended: undefined,
  seconds: 0,
  leftBehind: 0,
};
