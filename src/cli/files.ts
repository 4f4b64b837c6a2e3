import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { MAX_PUSH_FILE_BYTES } from '../flux/push-target';
import { defaultPushSet, pushSetOf, pushSetOfFile, type PushSet } from '../lint/push';
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

/** Name of what is piped in where nobody says which file it is. */
const UNNAMED_INPUT = '<stdin>';

/** The push that a file belongs to whose text is piped in; it need not be on disk. */
export async function pushOfInput(cwd: string, name?: string): Promise<PushSet> {
  if (name === undefined) return { files: [UNNAMED_INPUT], asked: new Set([UNNAMED_INPUT]) };
  const target = path.resolve(cwd, name);
  const found = await stat(target).catch(() => undefined);
  if (found?.isDirectory())
    throw new UsageError(`--stdin-filename is a file’s name, and ${name} is a folder.`);
  const folder = posix(path.dirname(target));
  return pushSetOfFile(posix(target), {
    list: async directory => {
      const names = await listDirectory(directory);
      return directory === folder ? [...new Set([...(names ?? []), path.basename(target)])] : names;
    },
  });
}

/** A file of a push as the command line reads it. */
export interface PushFile {
  /** As the person would name it: relative to the working folder where it lies below it. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** Texts of the files of a push; `input` is the text of the one that was asked for, where it is piped in. */
export async function readPush(cwd: string, push: PushSet, input?: string): Promise<PushFile[]> {
  return Promise.all(
    push.files.map(async file => {
      const name = file === UNNAMED_INPUT ? file : shownName(cwd, file);
      const text = input !== undefined && push.asked.has(file) ? input : await readRequired(file, name);
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
