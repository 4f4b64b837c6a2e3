import { readFileSync } from 'node:fs';
import { progressFile, type FinishedTest } from './host-test-report';

/** Milliseconds between two looks at the file. */
const INTERVAL = 100;

/** Prints the tests of a running suite as they end, in the manner of mocha. */
export class LiveReport {
  private readonly timer: NodeJS.Timeout;
  private position = 0;
  private suites: readonly string[] = [];
  private failed = 0;
  private ended = 0;

  constructor(
    private readonly report: string,
    private readonly log: (line: string) => void,
  ) {
    this.timer = setInterval(() => {
      this.printNew();
    }, INTERVAL);
  }

  /** Prints what is left and returns how many tests have ended. */
  stop(): number {
    clearInterval(this.timer);
    this.printNew();
    return this.ended;
  }

  private printNew(): void {
    const unread = this.read().subarray(this.position);
    const complete = unread.subarray(0, unread.lastIndexOf('\n') + 1);
    this.position += complete.length;
    for (const line of complete.toString().split('\n').filter(Boolean))
      this.print(JSON.parse(line) as FinishedTest);
  }

  /** The file is made when the first test ends. */
  private read(): Buffer {
    try {
      return readFileSync(progressFile(this.report));
    } catch {
      return Buffer.of();
    }
  }

  private print(test: FinishedTest): void {
    this.ended++;
    this.printSuites(test.suites);
    const indent = '  '.repeat(test.suites.length + 1);
    const title = `${test.title} (${test.milliseconds}ms)`;
    if (test.state === 'passed') this.log(`${indent}✔ ${title}`);
    else if (test.state === 'pending') this.log(`${indent}- ${test.title}`);
    else {
      this.log(`${indent}${++this.failed}) ${title}`);
      if (test.error !== undefined) this.log(test.error.replace(/^/gm, `${indent}   `));
    }
  }

  private printSuites(suites: readonly string[]): void {
    const common = suites.findIndex((title, depth) => title !== this.suites[depth]);
    for (let depth = common; depth >= 0 && depth < suites.length; depth++) {
      this.log(`${depth === 0 ? '\n' : ''}${'  '.repeat(depth + 1)}${suites[depth]}`);
    }
    this.suites = suites;
  }
}
