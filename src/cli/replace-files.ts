import { randomUUID } from 'node:crypto';
import { chmod, chown, open, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './io';

/** A file that is to get another text. */
export interface Replacement {
  /** As the person names it. */
  readonly name: string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** A new text that lies beside its file, ready to take its place. */
interface Prepared extends Replacement {
  /** Where the file really is: a link stays a link. */
  readonly target: string;
  readonly temporary: string;
}

/**
 * Gives files new texts, all of them or none. Each is written beside its file and renamed, so that nobody ever reads
 * half of one, and keeps mode and owner.
 */
export async function replaceFiles(replacements: readonly Replacement[]): Promise<void> {
  const prepared: Prepared[] = [];
  const replaced: Prepared[] = [];
  try {
    for (const replacement of replacements) prepared.push(await prepare(replacement));
    for (const one of prepared) {
      await orExplain(one.name, rename(one.temporary, one.target));
      replaced.push(one);
    }
  } catch (error) {
    for (const one of replaced) await writeFile(one.target, one.before);
    throw error;
  } finally {
    for (const { temporary } of prepared) await rm(temporary, { force: true });
  }
}

async function prepare(replacement: Replacement): Promise<Prepared> {
  const { name, before, after } = replacement;
  const target = await orExplain(name, realpath(replacement.path));
  // A rename does not ask whether the file may be written.
  const file = await orExplain(name, open(target, 'r+'));
  const [bytes, { mode, uid, gid }] = await orExplain(
    name,
    Promise.all([file.readFile(), file.stat()]).finally(() => file.close()),
  );
  if (!bytes.equals(Buffer.from(before))) {
    throw new UsageError(`${name} was changed in the meantime, or is not UTF-8. Nothing was changed.`);
  }
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}`);
  try {
    await writeFile(temporary, after, { mode, flag: 'wx' });
    // The mask of the process took some of the mode away.
    await chmod(temporary, mode);
    await chown(temporary, uid, gid).catch(() => undefined);
  } catch (error) {
    await rm(temporary, { force: true });
    throw cannotWrite(name, error);
  }
  return { ...replacement, target, temporary };
}

async function orExplain<T>(name: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    throw cannotWrite(name, error);
  }
}

function cannotWrite(name: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  return new UsageError(`${name} cannot be written (${code ?? 'unknown reason'}). Nothing was changed.`);
}
