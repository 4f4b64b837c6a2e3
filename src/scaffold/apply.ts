import type { PlannedFile } from './plan';

/** What writing a plan needs of a file system; paths are those of the plan. */
export interface ScaffoldWriter {
  readonly write: (path: string, text: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

/** A file that could not be written; nothing of the plan is left behind. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite';

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`${path} cannot be written (${reason}). Nothing was changed.`);
  }
}

/**
 * Writes the new and the merged files, and of the differing ones those in `overwrite`.
 * @returns the paths written
 * @throws {CannotWrite} after everything written so far was taken back
 */
export async function applyScaffold(
  files: readonly PlannedFile[],
  writer: ScaffoldWriter,
  overwrite: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const wanted = files.filter(
    ({ path, state }) =>
      state === 'create' || state === 'merge' || (state === 'differs' && overwrite.has(path)),
  );
  const done: PlannedFile[] = [];
  for (const file of wanted) {
    try {
      await writer.write(file.path, file.after);
      done.push(file);
    } catch (error) {
      await takeBack(done, writer);
      const { code, message } = error as { code?: string; message: string };
      throw new CannotWrite(file.path, code ?? message);
    }
  }
  return done.map(({ path }) => path);
}

async function takeBack(files: readonly PlannedFile[], writer: ScaffoldWriter): Promise<void> {
  for (const { path, before } of [...files].reverse()) {
    await (before === undefined ? writer.remove(path) : writer.write(path, before));
  }
}
