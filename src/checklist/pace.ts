import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, NoAnswer } from './answer';

/** Requests under way at the same time; a gateway answers no faster with more. */
const PARALLEL = 6;
/** Seconds to wait after a 429: the gateway counts in windows of 60 s and says no more. */
const RATE_LIMIT_PAUSES = [5, 10, 20, 30];
/** Seconds to wait while the project wakes up or PostgREST starts. */
const UNAVAILABLE_PAUSES = [1, 2, 4];
/** Seconds that one run waits in all. */
const PATIENCE = 180;

export interface Wait {
  readonly reason: string;
  readonly times: number;
  readonly seconds: number;
}

/** Waits so many seconds; may reject when the signal is aborted. */
export type Sleep = (seconds: number, signal: AbortSignal | undefined) => Promise<void>;

export interface PaceOptions {
  readonly onWait?: ((reason: string, seconds: number) => void) | undefined;
  /** How waiting is done; for tests, which do not. */
  readonly sleep?: Sleep | undefined;
}

/** Keeps the number of requests in bounds and waits, with an end, where the gateway asks for patience. */
export class Pace {
  readonly #queue: (() => void)[] = [];
  readonly #waits = new Map<string, { times: number; seconds: number }>();
  #running = 0;
  #waited = 0;

  constructor(private readonly options: PaceOptions = {}) {}

  /** How often and how long was waited, by reason. */
  get waits(): readonly Wait[] {
    return [...this.#waits].map(([reason, wait]) => ({ reason, ...wait }));
  }

  /**
   * Sends, and sends again after a wait what was surely not carried out: 429 and 503 of the gateway, and for a request
   * that only reads every failure on the way.
   */
  async send(
    attempt: () => Promise<Answer | NoAnswer>,
    isRead: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Answer | NoAnswer> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#withTurn(attempt);
      const pause = pauseAfter(answer, isRead, tries);
      if (!pause || this.#waited + pause.seconds > PATIENCE || signal?.aborted) return answer;
      if (!(await this.#wait(pause, signal))) return answer;
    }
  }

  async #withTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= PARALLEL) await new Promise<void>(resolve => this.#queue.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  /** False when the wait was cut short. */
  async #wait({ reason, seconds }: Pause, signal: AbortSignal | undefined): Promise<boolean> {
    this.#waited += seconds;
    const known = this.#waits.get(reason) ?? { times: 0, seconds: 0 };
    this.#waits.set(reason, { times: known.times + 1, seconds: known.seconds + seconds });
    this.options.onWait?.(reason, seconds);
    try {
      await (this.options.sleep ?? sleep)(seconds, signal);
      return true;
    } catch {
      return false;
    }
  }
}

interface Pause {
  readonly reason: string;
  readonly seconds: number;
}

function pauseAfter(answer: Answer | NoAnswer, isRead: boolean, tries: number): Pause | undefined {
  const pause = (reason: string, seconds: number | undefined): Pause | undefined =>
    seconds === undefined ? undefined : { reason, seconds };
  if (answer.status === 429) return pause('the gateway limits requests (429)', RATE_LIMIT_PAUSES[tries]);
  if (answer.status === 503) return pause('the project is not ready (503)', UNAVAILABLE_PAUSES[tries]);
  if (!isRead || tries > 0) return undefined;
  if (answer.status === 502 || answer.status === 504) {
    return pause(`the gateway got no answer from PostgREST (${answer.status})`, 1);
  }
  return answer.status === null && answer.reason !== 'cancelled' ? pause('no answer', 1) : undefined;
}

async function sleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(seconds * 1000, undefined, signal ? { signal } : {});
}
