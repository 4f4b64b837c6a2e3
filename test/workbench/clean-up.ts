/** Undoes one thing that was started. */
export type CleanUpStep = () => Promise<unknown>;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The steps of every piece of work that is under way. */
const scopes = new Set<CleanUpStep[]>();
let signaled: Promise<void> | undefined;

/**
 * Runs `work`, then every step that it has passed to `later`, the last one first. A signal runs the steps as well, those
 * of all other work included, and ends the process.
 */
export async function withCleanUp<T>(work: (later: (step: CleanUpStep) => void) => Promise<T>): Promise<T> {
  const steps: CleanUpStep[] = [];
  if (scopes.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
  scopes.add(steps);
  try {
    return await work(step => {
      steps.push(step);
    });
  } finally {
    await (signaled ?? undo(steps));
    scopes.delete(steps);
    if (scopes.size === 0) for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  }
}

function onSignal(): void {
  signaled ??= undoAll().finally(() => process.exit(130));
}

async function undoAll(): Promise<void> {
  for (const steps of [...scopes].reverse()) await undo(steps);
}

/** A step that fails must not keep the others from being taken. */
async function undo(steps: CleanUpStep[]): Promise<void> {
  for (let step = steps.pop(); step; step = steps.pop()) await step().catch(() => undefined);
}
