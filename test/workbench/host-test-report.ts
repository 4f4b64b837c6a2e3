/** Environment variables through which the launcher speaks to the suite. */
export const REPORT_VARIABLE = 'HOST_TEST_REPORT';
export const GREP_VARIABLE = 'HOST_TEST_GREP';

/** One test or hook that ended; a line of the file beside the report. */
export interface FinishedTest {
  /** Titles of the suites around it, the outermost first. */
  readonly suites: readonly string[];
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'pending';
  readonly milliseconds: number;
  /** With its stack. */
  readonly error?: string;
}

/** Written by the suite when all of it has ended. Without it, the tests have not ended. */
export interface SuiteReport {
  /** Version of VS Code, such as `1.139.1`. */
  readonly vscode: string;
  readonly milliseconds: number;
  readonly tests: readonly FinishedTest[];
}

/** Where the finished tests are written while the suite runs. */
export function progressFile(report: string): string {
  return `${report}.jsonl`;
}
