import { CannotRun } from '../checklist/run';
import { CannotMint } from '../tokens/mint';
import { auditCommand } from './commands/audit';
import { checkCommand } from './commands/check';
import { diagnoseCommand } from './commands/diagnose';
import { explainCommand } from './commands/explain';
import { lintCommand } from './commands/lint';
import { scaffoldCommand } from './commands/scaffold';
import { selfTestCommand } from './commands/self-test';
import { stackCommand } from './commands/stack';
import { tokenCommand } from './commands/token';
import { EXIT, UsageError, type Command, type ExitCode, type Terminal } from './io';

export const COMMANDS: readonly Command[] = [
  lintCommand,
  explainCommand,
  tokenCommand,
  checkCommand,
  selfTestCommand,
  auditCommand,
  diagnoseCommand,
  scaffoldCommand,
  stackCommand,
];

/** Runs one command line and gives its exit code; every error becomes one sentence on the error channel. */
export async function fluxRls(
  argv: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  const [name = 'help', ...args] = argv;
  if (name === '--version' || name === '-v') {
    terminal.out(version);
    return EXIT.clean;
  }
  const command = COMMANDS.find(candidate => candidate.name === name);
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (!command || asksForHelp) {
    const isKnown = command ?? ['help', '--help', '-h'].includes(name);
    const text =
      command?.usage ?? COMMANDS.find(candidate => candidate.name === args[0])?.usage ?? overview();
    if (isKnown) terminal.out(text);
    else terminal.error(`flux-rls: there is no command "${name}".\n\n${overview()}`);
    return isKnown ? EXIT.clean : EXIT.cannotRun;
  }
  try {
    return await command.run(args, terminal, version);
  } catch (error) {
    const known = error instanceof UsageError || error instanceof CannotRun || error instanceof CannotMint;
    const detail =
      error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
    terminal.error(`flux-rls ${name}: ${detail}`);
    return EXIT.cannotRun;
  }
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    'flux-rls: row-level security for Flux, linted and proved.',
    '',
    ...COMMANDS.map(({ name, summary }) => `  flux-rls ${name.padEnd(width)}  ${summary}`),
    '',
    'flux-rls help <command> tells its options.',
  ].join('\n');
}
