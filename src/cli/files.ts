import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { MAX_PUSH_FILE_BYTES } from '../flux/push-target';
import { defaultPushSet, pushSetOf, type PushSet } from '../lint/push';
import { UsageError } from './io';

/** Text of a file, undefined when there is none; throws for a file that cannot be read. */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Text of a file that has to be there. */
export async function readRequired(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  }
}

/** The push a path of the command line stands for, or without one what `flux push` would take; paths are absolute. */
export async function pushAt(cwd: string, name?: string): Promise<PushSet> {
  const target = path.resolve(cwd, name ?? '.');
  const found = await stat(target).catch(() => undefined);
  if (!found) throw new UsageError(`${name ?? '.'} does not exist.`);
  const files = { list: listDirectory };
  const push = await (name === undefined
    ? defaultPushSet(posix(target), files)
    : pushSetOf(posix(target), files));
  if (push) return push;
  throw new UsageError(
    `${name ?? 'This folder'} holds no .sql files to push: name a file, or a folder such as migrations/.`,
  );
}

/** Texts of the files of a push, named as the person would: relative to `cwd` where they lie below it. */
export async function readPush(
  cwd: string,
  push: PushSet,
): Promise<{ name: string; path: string; text: string }[]> {
  return Promise.all(
    push.files.map(async file => {
      const name = shownName(cwd, file);
      const text = await readRequired(file, name);
      if (Buffer.byteLength(text, 'utf8') > MAX_PUSH_FILE_BYTES) {
        throw new UsageError(`${name} is larger than the 4 MiB a push takes.`);
      }
      return { name, path: file, text };
    }),
  );
}

function shownName(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  return posix(relative.startsWith('..') || path.isAbsolute(relative) ? file : relative);
}

async function listDirectory(directory: string): Promise<string[] | undefined> {
  return readdir(directory).catch(() => undefined);
}

function posix(file: string): string {
  return file.split(path.sep).join('/');
}
