import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { isPushDirectory } from '../flux/push-target';
import type { Terminal } from './io';

/** Milliseconds until git is taken not to answer, as where a partial clone has to ask its server. */
const PATIENCE = 10_000;

/**
 * Gives the text that a file has at git HEAD, with the line ends that git keeps; undefined outside of push directories
 * and where git knows nothing of the file. Git is asked once a folder, when a rule first wants to know.
 * @param paths absolute paths by the names that the linter uses.
 */
export function committedTexts(
  paths: ReadonlyMap<string, string>,
  { environment }: Pick<Terminal, 'environment'>,
): (name: string) => string | undefined {
  const folders = new Map<string, ReadonlyMap<string, string>>();
  return name => {
    const file = paths.get(name);
    if (file === undefined) return undefined;
    const folder = path.dirname(file);
    if (!isPushDirectory(folder.split(path.sep).join('/'))) return undefined;
    const texts = folders.get(folder) ?? textsAtHead(folder, environment);
    folders.set(folder, texts);
    return texts.get(path.basename(file));
  };
}

/** Texts of a folder's `*.sql` files at HEAD, by their names. */
function textsAtHead(folder: string, environment: Terminal['environment']): ReadonlyMap<string, string> {
  const git = (args: readonly string[], input = ''): Buffer =>
    execFileSync('git', args, {
      cwd: folder,
      env: { ...environment, GIT_TERMINAL_PROMPT: '0' },
      input,
      maxBuffer: Infinity,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: PATIENCE,
    });
  try {
    const blobs = blobsOf(git(['ls-tree', '-z', 'HEAD']).toString());
    const texts = textsIn(git(['cat-file', '--batch'], blobs.map(({ id }) => `${id}\n`).join('')));
    return new Map(blobs.map(({ name }, index) => [name, texts[index] ?? '']));
  } catch {
    // No git, no repository, no commit yet, a clone without the texts: nothing tells.
    return new Map();
  }
}

/** Files of `git ls-tree -z`, without links and folders. */
function blobsOf(tree: string): { id: string; name: string }[] {
  return [...tree.matchAll(/100\d+ blob ([0-9a-f]+)\t([^\0]+\.sql)\0/g)].map(([, id = '', name = '']) => ({
    id,
    name,
  }));
}

/** Texts of `git cat-file --batch`: each behind a line that ends in its size in bytes. */
function textsIn(batch: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < batch.length;) {
    const lineEnd = batch.indexOf('\n', at);
    const size = /^\w+ blob (\d+)$/.exec(batch.toString('utf8', at, lineEnd))?.[1];
    if (size === undefined) throw new Error('git has the name of a file and not its text');
    const end = lineEnd + 1 + Number(size);
    texts.push(batch.toString('utf8', lineEnd + 1, end));
    at = end + 1;
  }
  return texts;
}
