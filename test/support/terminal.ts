import path from 'node:path';
import { fluxRls } from '../../src/cli/flux-rls';
import type { Command, ExitCode, Terminal } from '../../src/cli/io';
import { REPOSITORY } from './local-flux';

export interface Ran {
  readonly exit: ExitCode;
  readonly out: string;
  readonly error: string;
}

type GivenTerminal = Partial<Terminal> & { readonly cwd: string };

/** Runs a command line in this process, with a terminal of its own. */
export async function runCli(argv: readonly string[], given: GivenTerminal): Promise<Ran> {
  return record(given, terminal => fluxRls(argv, terminal, '0.0.0-test'));
}

/** Runs one command, which need not be among those of `flux-rls`. Its errors are thrown. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  given: GivenTerminal,
): Promise<Ran> {
  return record(given, terminal => command.run(args, terminal, '0.0.0-test'));
}

async function record(given: GivenTerminal, run: (terminal: Terminal) => Promise<ExitCode>): Promise<Ran> {
  const out: string[] = [];
  const error: string[] = [];
  const exit = await run({
    packageRoots: [REPOSITORY],
    signal: new AbortController().signal,
    out: text => out.push(`${text}\n`),
    error: text => error.push(text),
    print: text => out.push(text),
    input: () => Promise.reject(new Error('nothing is piped in')),
    ...given,
    // The person's own state stays as it is.
    environment: { XDG_STATE_HOME: path.join(given.cwd, '.state'), ...given.environment },
  });
  return { exit, out: out.join('').replace(/\n$/, ''), error: error.join('\n') };
}
