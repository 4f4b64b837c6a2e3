import { appendFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import {
  GREP_VARIABLE,
  progressFile,
  REPORT_VARIABLE,
  type FinishedTest,
  type SuiteReport,
} from './host-test-report';

/** Milliseconds that a test may take unless it says otherwise. */
const TEST_LIMIT = 30_000;

/**
 * Runs every `*.test.js` below `dir` with mocha, inside VS Code. With HOST_TEST_REPORT set, each finished test and at
 * the end the report go to files; without it, mocha prints. Rejects when a test failed.
 */
export async function runSuites(dir: string): Promise<void> {
  process.setSourceMapsEnabled(true);
  const report = process.env[REPORT_VARIABLE];
  const grep = process.env[GREP_VARIABLE];
  const mocha = new Mocha({
    timeout: TEST_LIMIT,
    reporter: report ? Mocha.reporters.Base : 'spec',
    ...(grep ? { grep } : {}),
  });
  for (const file of findSuites(dir)) mocha.addFile(file);
  const started = Date.now();
  const tests: FinishedTest[] = [];
  const failures = await runMocha(mocha, test => {
    tests.push(test);
    if (report) appendFileSync(progressFile(report), `${JSON.stringify(test)}\n`);
  });
  if (report) writeReport(report, { vscode: vscode.version, milliseconds: Date.now() - started, tests });
  if (failures > 0) throw new Error(`${failures} of the tests failed.`);
}

function findSuites(dir: string): string[] {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.test.js'),
  );
  return files.sort().map(file => path.join(dir, file));
}

async function runMocha(mocha: Mocha, ended: (test: FinishedTest) => void): Promise<number> {
  return new Promise(resolve => {
    const runner = mocha.run(resolve);
    runner.on('pass', test => {
      ended(describeTest(test, 'passed'));
    });
    runner.on('pending', test => {
      ended(describeTest(test, 'pending'));
    });
    runner.on('fail', (test, error: unknown) => {
      ended({ ...describeTest(test, 'failed'), error: describeError(error) });
    });
  });
}

function describeTest(test: Mocha.Runnable, state: FinishedTest['state']): FinishedTest {
  const suites = test.titlePath().slice(0, -1);
  return { suites, title: test.title, state, milliseconds: test.duration ?? 0 };
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? error.message).replace(/([^\s(]+\.js):(\d+):(\d+)/g, sourcePosition);
}

/** VS Code formats stacks itself, so Node does not put in the positions of the sources. */
function sourcePosition(position: string, file: string, line: string, column: string): string {
  const entry = findSourceMap(path.resolve(file))?.findEntry(Number(line) - 1, Number(column) - 1);
  if (!entry || !('originalSource' in entry)) return position;
  const source = path.relative(process.cwd(), fileURLToPath(entry.originalSource));
  return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

/** Whole or not at all: a report that can be read says that the suite has ended. */
function writeReport(file: string, report: SuiteReport): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, JSON.stringify(report));
  renameSync(unfinished, file);
}
