import { setTimeout as pause } from 'node:timers/promises';
import { HarnessFailure } from './harness-failure';

/** Milliseconds between two looks, and until the condition counts as failed. */
const INTERVAL = 50;
const LIMIT = 30_000;

/** What a probe says while its condition does not hold. */
type NotYet = undefined | false;

/**
 * Asks `probe` again and again until it answers, and returns the answer.
 * @throws {HarnessFailure} that names `what` did not happen within `limit` milliseconds
 */
export async function until<T>(
  what: string,
  probe: () => T | NotYet | Promise<T | NotYet>,
  limit = LIMIT,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new HarnessFailure(`No ${what} within ${limit / 1000} s.`);
    await pause(INTERVAL);
  }
}
