/** Runs whose median counts; the first one of all warms up and does not. */
export const RUNS = 9;

/** Median of several runs, milliseconds. */
export function median(run: () => void, runs = RUNS): number {
  return middle(
    Array.from({ length: runs + 1 }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    }).slice(1),
  );
}

/** Median of the longest time, in milliseconds, for which each of several runs lets nobody else have a turn. */
export async function medianBlock(run: () => Promise<unknown>, runs = RUNS): Promise<number> {
  const blocks: number[] = [];
  for (let count = 0; count <= runs; count += 1) blocks.push(await longestBlock(run));
  return middle(blocks.slice(1));
}

async function longestBlock(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  await run();
  await new Promise(resolve => setImmediate(resolve));
  clearImmediate(next);
  return longest;
}

/** Megabytes of heap that a result takes as long as somebody holds it. */
export async function heapOf(make: () => unknown): Promise<number> {
  // What was kept alive by what the first one removes goes with the second.
  global.gc?.();
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const kept = await make();
  global.gc?.();
  const size = process.memoryUsage().heapUsed - before;
  return kept === undefined ? NaN : size / 1e6;
}

function middle(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

export function report(what: string, figure: string, note = ''): void {
  console.log(`${what.padEnd(58)} ${figure.padStart(10)}  ${note}`);
}

export const ms = (time: number): string => `${time.toFixed(time < 10 ? 2 : 0)} ms`;
export const megabytes = (size: number): string => `${size.toFixed(1)} MB`;
export const ratio = (a: number, b: number): string => `${(a / b).toFixed(a < b ? 3 : 2)} ×`;
