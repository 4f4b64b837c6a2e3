import type { ExitCode, Terminal } from '../../src/cli/io';
import { fluxRls } from '../../src/cli/flux-rls';
import { REPOSITORY } from './local-flux';

export interface Ran {
  readonly exit: ExitCode;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process, with a terminal of its own. */
export async function runCli(
  argv: readonly string[],
  terminal: Partial<Terminal> & { readonly cwd: string },
): Promise<Ran> {
  const out: string[] = [];
  const error: string[] = [];
  const exit = await fluxRls(
    argv,
    {
      environment: {},
      packageRoots: [REPOSITORY],
      signal: new AbortController().signal,
      out: text => out.push(`${text}\n`),
      error: text => error.push(text),
      print: text => out.push(text),
      input: () => Promise.reject(new Error('nothing is piped in')),
      ...terminal,
    },
    '0.0.0-test',
  );
  return { exit, out: out.join('').replace(/\n$/, ''), error: error.join('\n') };
}
