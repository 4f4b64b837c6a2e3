import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError, type Terminal } from './io';

/**
 * Makes sure that a file can be written before anything is asked, and takes away what an earlier run wrote: after a run
 * that could not start, nobody shall take the old report for the new one.
 */
export async function clearOutput({ cwd }: Terminal, name: string): Promise<void> {
  const file = path.resolve(cwd, name);
  await orExplain(name, async () => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '');
    await rm(file);
  });
}

export async function writeOutput({ cwd }: Terminal, name: string, text: string): Promise<void> {
  await orExplain(name, () => writeFile(path.resolve(cwd, name), text.endsWith('\n') ? text : `${text}\n`));
}

async function orExplain(name: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${name} cannot be written (${code ?? 'unknown reason'}).`);
  }
}
