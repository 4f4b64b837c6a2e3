import { PushFailed } from '../../stack/push';
import { BinaryMissing } from '../../stack/binaries';
import { LocalFlux } from '../../stack/local-flux';
import { ServerFailed } from '../../stack/server-process';
import { V1_SCHEMA } from '../../flux/names';
import { engineOption, parse } from '../arguments';
import { pushAt, readPush } from '../files';
import { EXIT, UsageError, type Command } from '../io';

export const stackCommand: Command = {
  name: 'stack',
  summary: 'run a local Flux: PostgreSQL, PostgREST and the gateway',
  usage: `flux-rls stack [SQL PATH] [--engine v1_dedicated|v2_shared] [--schema S] [--port N] [--json] [--verbose]

Pushes the SQL as the platform would and serves it on 127.0.0.1 until Ctrl+C. With --json the first
line of output holds url, schema, role, engine, jwtSecret and databaseUrl.`,

  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      engine: { type: 'string' },
      schema: { type: 'string' },
      port: { type: 'string' },
      json: { type: 'boolean' },
      verbose: { type: 'boolean' },
    });
    const [sql, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError('stack takes one file or folder of SQL.');
    const engine =
      engineOption(values.engine) ?? (values.schema === V1_SCHEMA ? 'v1_dedicated' : 'v2_shared');
    const port = values.port === undefined ? undefined : portOption(values.port);
    const files = sql === undefined ? [] : await readPush(terminal.cwd, await pushAt(terminal.cwd, sql));

    const flux = await startOrExplain({
      engine,
      files,
      packageRoots: terminal.packageRoots,
      ...(values.schema !== undefined && { schema: values.schema }),
      ...(port !== undefined && { port }),
      ...(values.verbose === true && { log: terminal.error }),
    });
    try {
      const { url, schema, role, databaseUrl } = flux;
      if (values.json === true) {
        terminal.out(
          JSON.stringify({ url, schema, role, engine, jwtSecret: flux.jwtSecret.reveal(), databaseUrl }),
        );
      } else {
        terminal.out(
          `The local Flux is running (${engine}).\n  gateway  ${url}\n  schema   ${schema}\n  role     ${role}`,
        );
        terminal.out('  secret   shown with --json\nPress Ctrl+C to stop it.');
      }
      await aborted(terminal.signal);
    } finally {
      await flux.stop();
    }
    return EXIT.clean;
  },
};

async function startOrExplain(options: Parameters<typeof LocalFlux.start>[0]): Promise<LocalFlux> {
  try {
    return await LocalFlux.start(options);
  } catch (error) {
    if (error instanceof PushFailed) throw new UsageError(`The push was refused: ${error.message}`);
    if (error instanceof BinaryMissing || error instanceof ServerFailed || error instanceof RangeError) {
      throw new UsageError(error.message);
    }
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new UsageError(`Port ${options.port ?? ''} is taken: choose another one with --port.`);
    }
    throw error;
  }
}

function portOption(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError(`--port is a number from 1 to 65535, not "${text}".`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A pending promise does not keep Node alive; the servers' pipes do.
  await new Promise<void>(resolve => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
