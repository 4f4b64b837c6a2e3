import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { isPushDirectory, MAX_PUSH_FILE_BYTES } from '../flux/push-target';
import type { Terminal } from './io';

/** Milliseconds until git is taken not to answer, as where a partial clone has to ask its server. */
const PATIENCE = 10_000;

/**
 * Gives the text that a file has at git HEAD, with the line ends of a checkout; undefined outside of push directories
 * and where git knows nothing of the file. Git is asked when a rule first wants to know.
 * @param paths absolute paths by the names that the linter uses.
 */
export function committedTexts(
  paths: ReadonlyMap<string, string>,
  { environment }: Pick<Terminal, 'environment'>,
): (name: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return name => {
    if (!known.has(name)) known.set(name, committedText(paths.get(name), environment));
    return known.get(name);
  };
}

function committedText(file: string | undefined, environment: Terminal['environment']): string | undefined {
  if (file === undefined || !isPushDirectory(path.dirname(file).split(path.sep).join('/'))) return undefined;
  try {
    return execFileSync('git', ['cat-file', '--filters', `HEAD:./${path.basename(file)}`], {
      cwd: path.dirname(file),
      env: { ...environment, GIT_TERMINAL_PROMPT: '0' },
      encoding: 'utf8',
      maxBuffer: 2 * MAX_PUSH_FILE_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE,
    });
  } catch {
    // No git, no repository, no commit yet, or a file that is new: nothing tells.
    return undefined;
  }
}
