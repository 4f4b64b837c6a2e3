import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withCleanUp } from './clean-up';
import { findDesktop, runInDesktop } from './desktop-host';
import { HarnessFailure } from './harness-failure';
import { HostConsole } from './host-console';
import { type HostEnd, type HostTestPlan } from './host-test-plan';
import { GREP_VARIABLE, REPORT_VARIABLE, type FinishedTest, type SuiteReport } from './host-test-report';
import { LiveReport } from './live-report';
import { REPOSITORY } from './paths';
import { Profile } from './profile';
import { type Settings } from './quiet-settings';
import { runInServer } from './server-host';

/** Where the tests run; `auto` is the desktop where there is one, else the server from npm. */
export type HostChoice = 'auto' | 'desktop' | 'server';

/** What to test, and how. Relative paths start at the current folder. */
export interface HostTestOptions {
  /** The folder or .code-workspace file that VS Code opens, as it is; none leaves the window empty. */
  readonly workspace?: string | undefined;
  /** Folder of the extension; the repository's by default. */
  readonly extension?: string;
  /** Tests this package instead of the folder, always in the server. */
  readonly vsix?: string;
  /** The compiled suite, which exports `run()`; `dist/test/index.js` of the extension by default. */
  readonly tests?: string;
  readonly host?: HostChoice;
  /** Only tests whose full title matches this regular expression. */
  readonly grep?: string;
  readonly settings?: Settings;
  /** On top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole run. */
  readonly timeout?: number;
  /** Prints the console of the extension host at once. */
  readonly verbose?: boolean;
  readonly log?: (line: string) => void;
}

/** How the tests went. */
export interface HostTestReport {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
  readonly failures: readonly { readonly title: string; readonly error: string }[];
}

const RUN_LIMIT = 300_000;

/**
 * Runs a compiled mocha suite inside a real VS Code and prints it as mocha would.
 * @throws {HarnessFailure} when the suite did not run to its end, whatever its tests said until then
 */
export async function runHostTests(options: HostTestOptions): Promise<HostTestReport> {
  const { log = console.log } = options;
  return withCleanUp(async later => {
    const profile = await Profile.create();
    later(() => profile.remove());
    const file = path.join(profile.folder, 'report.json');
    const plan = makePlan(options, { profile, report: file, log });
    const live = new LiveReport(file, log);
    const end = await runInHost(plan, options.host ?? 'auto').finally(() => live.stop());
    const suite = await readReport(file);
    if (!suite) {
      plan.console.printKept();
      throw new HarnessFailure(unfinished(end, live.stop()));
    }
    if (suite.tests.length === 0) throw new HarnessFailure('No test was run: none matched.');
    const report = summarize(suite.tests);
    if (report.failed > 0) plan.console.printKept();
    printSummary(report, suite.milliseconds, log);
    return report;
  });
}

interface RunPlaces {
  readonly profile: Profile;
  readonly report: string;
  readonly log: (line: string) => void;
}

function makePlan(options: HostTestOptions, { profile, report, log }: RunPlaces): HostTestPlan {
  const extension = path.resolve(options.extension ?? REPOSITORY);
  const plan: HostTestPlan = {
    profile,
    extension,
    vsix: options.vsix === undefined ? undefined : path.resolve(options.vsix),
    tests: path.resolve(options.tests ?? path.join(extension, 'dist/test/index.js')),
    workspace: options.workspace === undefined ? undefined : path.resolve(options.workspace),
    settings: options.settings ?? {},
    env: { ...options.env, [REPORT_VARIABLE]: report, [GREP_VARIABLE]: options.grep ?? '' },
    timeout: options.timeout ?? RUN_LIMIT,
    console: new HostConsole(options.verbose ?? false, log),
    log,
  };
  const needed = [
    path.join(extension, 'package.json'),
    plan.tests,
    plan.workspace ?? extension,
    plan.vsix ?? extension,
  ];
  const missing = needed.find(entry => !existsSync(entry));
  if (missing !== undefined) throw new HarnessFailure(`${missing} does not exist; is everything built?`);
  return plan;
}

async function runInHost(plan: HostTestPlan, host: HostChoice): Promise<HostEnd> {
  if (plan.vsix !== undefined || host === 'server') return runInServer(plan);
  const desktop = await findDesktop(plan.log);
  if (desktop !== undefined) return runInDesktop(plan, desktop);
  if (host === 'desktop') throw new HarnessFailure('There is no desktop VS Code: set VSCODE_PATH.');
  return runInServer(plan);
}

async function readReport(file: string): Promise<SuiteReport | undefined> {
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as SuiteReport) : undefined;
}

function unfinished(
  {
    reason = 'it left no report, as when a suite cannot be loaded or something calls process.exit()',
  }: HostEnd,
  ended: number,
): string {
  return `The suite did not run to its end: ${reason} (${ended} tests had ended).`;
}

function summarize(tests: readonly FinishedTest[]): HostTestReport {
  const count = (state: FinishedTest['state']): number => tests.filter(test => test.state === state).length;
  const failed = tests.filter(test => test.state === 'failed');
  const failures = failed.map(test => ({
    title: [...test.suites, test.title].join(' '),
    error: test.error ?? '',
  }));
  return { passed: count('passed'), failed: count('failed'), pending: count('pending'), failures };
}

function printSummary(report: HostTestReport, milliseconds: number, log: (line: string) => void): void {
  log(`\n  ${report.passed} passing (${duration(milliseconds)})`);
  if (report.pending > 0) log(`  ${report.pending} pending`);
  if (report.failed === 0) return;
  log(`  ${report.failed} failing\n`);
  for (const [index, failure] of report.failures.entries()) log(`  ${index + 1}) ${failure.title}`);
}

function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds}ms`;
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 60 ? `${seconds}s` : `${Math.round(seconds / 60)}m`;
}

const USAGE = `Usage: run-host-tests [--workspace DIR] [--extension DIR] [--tests FILE] [--vsix FILE]
       [--host auto|desktop|server] [--grep RE] [--verbose]
Ends with 0 when all tests passed, 1 when some failed, 2 when nothing can be said.`;

/** Runs the tests the command line asks for, and returns the exit code. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string' },
      extension: { type: 'string' },
      tests: { type: 'string' },
      vsix: { type: 'string' },
      host: { type: 'string' },
      grep: { type: 'string' },
      verbose: { type: 'boolean' },
    },
  });
  const { workspace, host, ...rest } = values;
  if (!isHostChoice(host)) throw new HarnessFailure(USAGE);
  const { failed } = await runHostTests({ workspace, host, ...rest });
  return failed > 0 ? 1 : 0;
}

function isHostChoice(host = 'auto'): host is HostChoice {
  return ['auto', 'desktop', 'server'].includes(host);
}

if (require.main === module) {
  // A reader such as `head` may go away before the end; what was started has to be ended all the same.
  process.stdout.on('error', () => undefined);
  main().then(
    code => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error instanceof HarnessFailure ? error.message : error);
      process.exitCode = 2;
    },
  );
}
