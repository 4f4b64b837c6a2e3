import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { planChecklist } from '../../src/checklist/plan';
import { runChecklist } from '../../src/checklist/run';
import type { ChecklistReport } from '../../src/checklist/verdict';
import { ENGINES, type Engine } from '../../src/flux/engine';
import { modelFromStatements } from '../../src/schema/from-statements';
import { countRows, realFetch, realNow } from '../support/checklist';
import { GUIDE_SQL } from '../support/guide-sql';
import { localFlux, pushAlone } from '../support/local-flux';
import { parseAll } from '../support/sql';

/** What stands before the local Flux: undefined hands the request on. */
type Oddity = (request: IncomingMessage, response: ServerResponse, count: number) => true | undefined;

/** Runs the checklist through a proxy that is odd. */
async function runThrough(engine: Engine, oddity: Oddity, timeout?: number): Promise<ChecklistReport> {
  const flux = await localFlux(engine);
  await pushAlone(flux, GUIDE_SQL);
  let count = 0;
  const proxy = createServer((request, response) => {
    count += 1;
    if (oddity(request, response, count)) return;
    void handOn(flux.url, request, response);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  try {
    const model = modelFromStatements(await parseAll(GUIDE_SQL), { engine, apiSchema: flux.schema });
    return await runChecklist({
      gatewayUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      schema: flux.schema,
      secret: flux.jwtSecret,
      engine,
      fetch: realFetch,
      now: realNow,
      plan: planChecklist(model),
      subjects: ['flux-rls-check-a', 'flux-rls-check-b'],
      mode: 'full',
      timeout,
      // Nobody waits here; the report says how long it would have been.
      sleep: () => Promise.resolve(),
    });
  } finally {
    proxy.closeAllConnections();
    await new Promise(resolve => proxy.close(resolve));
  }
}

async function handOn(to: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: Buffer[] = [];
  for await (const chunk of request) body.push(chunk as Buffer);
  const headers = Object.entries(request.headers).filter(
    ([name]) => !['host', 'connection', 'content-length'].includes(name),
  );
  const hasBody = request.method === 'POST' || request.method === 'PATCH';
  const answer = await fetch(`${to}${request.url ?? ''}`, {
    method: request.method ?? 'GET',
    headers: Object.fromEntries(headers) as Record<string, string>,
    ...(hasBody && { body: Buffer.concat(body) }),
  });
  const text = await answer.text();
  const kept = [...answer.headers].filter(
    ([name]) => !['content-length', 'transfer-encoding', 'connection'].includes(name),
  );
  response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
}

function say(response: ServerResponse, status: number, body: string, type = 'application/json'): true {
  response.writeHead(status, { 'content-type': type }).end(body);
  return true;
}

/** How many requests go through before the oddity sets in: at the start, in the middle, near the end. */
const POINTS = [1, 14, 40] as const;

const ODDITIES: readonly {
  readonly name: string;
  readonly oddity: Oddity;
  readonly causes: readonly string[];
}[] = [
  {
    name: 'answers with the HTML of a login page',
    oddity: (_request, response) => say(response, 200, '<!doctype html><title>Sign in</title>', 'text/html'),
    causes: ['not-flux'],
  },
  {
    name: 'answers 502 with the HTML of a proxy',
    oddity: (_request, response) => say(response, 502, '<h1>Bad Gateway</h1>', 'text/html'),
    causes: ['not-flux'],
  },
  {
    name: 'answers 502 for want of PostgREST',
    oddity: (_request, response) => say(response, 502, '{"error":"upstream error"}'),
    causes: ['gateway-error'],
  },
  {
    name: 'answers 503 without end',
    oddity: (_request, response) => say(response, 503, '{"error":"project is migrating; try again later"}'),
    causes: ['gateway-error'],
  },
  {
    name: 'answers 429 without end',
    oddity: (_request, response) => say(response, 429, '{"error":"rate limit exceeded"}'),
    causes: ['rate-limited'],
  },
  {
    name: 'answers 200 and an object whatever is asked',
    oddity: (_request, response) => say(response, 200, '{"hello":1}'),
    causes: ['not-flux'],
  },
  {
    name: 'answers 504, which is no rollback',
    oddity: (_request, response) => say(response, 504, '{"error":"upstream timeout"}'),
    causes: ['gateway-error'],
  },
  {
    name: 'closes the connection',
    oddity: request => {
      request.socket.destroy();
      return true;
    },
    causes: ['gateway-unreachable'],
  },
];

for (const engine of ENGINES) {
  describe(`a gateway of ${engine} that`, function () {
    this.timeout(60_000);

    for (const { name, oddity, causes } of ODDITIES) {
      it(`${name} never makes a verdict`, async () => {
        const flux = await localFlux(engine);
        for (const point of POINTS) {
          const report = await runThrough(engine, (request, response, count) =>
            // The first request only finds out what is there; clean-up has to get through in the end.
            count > point && request.method !== 'DELETE' ? oddity(request, response, count) : undefined,
          );
          const where = `from request ${point} on`;
          const wrong = report.results.filter(({ verdict }) => verdict === 'fail');
          assert.deepEqual(
            wrong.map(({ check, message }) => `${check}: ${message}`),
            [],
            where,
          );
          const unknown = report.results.filter(({ verdict }) => verdict === 'unknown');
          assert.ok(unknown.length > 0, where);
          assert.deepEqual(
            [...new Set(unknown.map(({ cause }) => cause))].filter(cause => !causes.includes(cause ?? '')),
            [],
            where,
          );
          for (const { verdict, evidence, check } of report.results) {
            const asked = evidence.filter(({ control }) => !control);
            const isAnswered = asked.every(
              ({ status, code }) => status !== null && (status < 500 || code !== null),
            );
            assert.ok(
              verdict !== 'pass' || isAnswered,
              `${check} passes on an answer that is none, ${where}`,
            );
          }
          assert.ok(report.waits.reduce((sum, { seconds }) => sum + seconds, 0) <= 180, where);
          await removeAll(flux);
        }
      });
    }

    it('limits requests for a while is waited for', async () => {
      const report = await runThrough(engine, (_request, response, count) =>
        count > 5 && count < 9 ? say(response, 429, '{"error":"rate limit exceeded"}') : undefined,
      );
      assert.deepEqual([...new Set(report.results.map(({ verdict }) => verdict))], ['pass']);
      assert.match(report.waits[0]?.reason ?? '', /429/);
      assert.ok((report.waits[0]?.seconds ?? 0) > 0);
      assert.equal(await countRows(await localFlux(engine)), 0);
    });

    it('wakes up is waited for', async () => {
      const report = await runThrough(engine, (_request, response, count) =>
        count <= 2
          ? say(response, 503, '{"error":"project is dormant; wake the project to resume API traffic"}')
          : undefined,
      );
      assert.deepEqual([...new Set(report.results.map(({ verdict }) => verdict))], ['pass']);
      assert.match(report.waits[0]?.reason ?? '', /503/);
    });

    it('carries writes out and answers none of them leaves nothing', async () => {
      const flux = await localFlux(engine);
      const report = await runThrough(engine, (request, response) => {
        if (request.method !== 'POST') return undefined;
        // The row is written, and the connection is closed before the answer.
        void handOn(flux.url, request, { writeHead: () => ({ end: () => response.destroy() }) } as never);
        return true;
      });
      assert.deepEqual(
        report.results.filter(({ verdict }) => verdict === 'fail'),
        [],
      );
      assert.equal(await countRows(flux), 0);
      assert.deepEqual(report.rows.left, []);
      assert.ok(report.rows.created > 0);
      assert.equal(report.rows.created, report.rows.removed);
    });

    it('is slow is waited for, up to a bound', async () => {
      const report = await runThrough(
        engine,
        (request, response, count) => {
          if (count < 4 || request.method === 'DELETE') return undefined;
          response.on('close', () => undefined);
          return true;
        },
        300,
      );
      const verdicts = new Set(report.results.map(({ verdict }) => verdict));
      assert.ok(!verdicts.has('fail'));
      assert.ok(report.results.some(({ cause }) => cause === 'timeout'));
    });
  });
}

async function removeAll(flux: Awaited<ReturnType<typeof localFlux>>): Promise<void> {
  // What nobody could look for is reported as left, and stands in the journal of a real run.
  await flux.administer(`delete from ${flux.schema}.notes`);
}
