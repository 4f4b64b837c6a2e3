import type { CheckId } from './check-ids';
import { exchangeOf, type Asker, type Exchange, type Request } from './gateway-client';
import type { ChecklistOptions } from './options';
import { Run } from './run';
import type { Evidence } from './verdict';

/** A request that a run would send, and what it would be answered where rows are isolated. */
export interface PlannedRequest {
  readonly table: string;
  readonly check: CheckId | 'clean-up';
  readonly method: string;
  readonly path: string;
  readonly as: string;
  readonly body: string;
  readonly headers: readonly string[];
  readonly expected: string;
}

/**
 * Every request of a run, before the first is sent: the run itself, with answers as an isolating project would give them.
 * Keys and times stand for those of the real run. Nothing is sent.
 */
export async function dryRun(options: ChecklistOptions): Promise<readonly PlannedRequest[]> {
  const asker = new IdealAsker();
  const { journal: _kept, app: _app, signal: _signal, ...rest } = options;
  let current: PlannedRequest['check'] | undefined;
  const planned: PlannedRequest[] = [];
  asker.onAsked = ({ method, path, as, body, headers, expected }, table) => {
    if (current) planned.push({ table, check: current, method, path, as, body, headers, expected });
  };
  // One table after the other, so that every request is told of its own check.
  for (const table of options.plan.tables) {
    const only = options.only?.filter(item => item.table === table.table) ?? [{ table: table.table }];
    const run = new Run(
      {
        ...rest,
        only,
        onProgress: progress => {
          if (progress.kind === 'started') current = progress.check;
        },
      },
      asker,
      options.engine ?? 'v2_shared',
    );
    await run.ask();
    current = 'clean-up';
    await run.cleanUp();
  }
  return planned;
}

class IdealAsker implements Asker {
  onAsked: (evidence: Evidence, table: string) => void = () => undefined;

  ask(request: Request): Promise<Exchange> {
    const exchange = exchangeOf(request, request.ideal.answer, 0);
    this.onAsked(exchange.evidence, request.table);
    return Promise.resolve(exchange);
  }

  expiryOf(): undefined {
    return undefined;
  }
}
