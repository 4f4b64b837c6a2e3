import { inPushOrder, isPushDirectory, PUSH_TARGETS } from '../flux/push-target';

/** What finding the files of a push needs of a file system; paths are posix-style, absolute or relative. */
export interface PushFileSystem {
  /** Names in a directory, or undefined when the path is no directory. */
  readonly list: (directory: string) => Promise<readonly string[] | undefined>;
}

/** The files that one `flux push` applies as one state. */
export interface PushSet {
  /** Paths in push order. */
  readonly files: readonly string[];
  /** Findings elsewhere are not asked for: a single file of a push directory is judged among its neighbors. */
  readonly asked: ReadonlySet<string>;
}

/**
 * The push a path stands for: a directory's own `*.sql` files, or a single file, which belongs to the push of its
 * directory when that is a push directory. Undefined when a directory holds nothing to push.
 */
export async function pushSetOf(path: string, files: PushFileSystem): Promise<PushSet | undefined> {
  const own = await files.list(path);
  if (!own) return pushSetOfFile(path, files);
  return inPushOrder(own).length > 0 ? directorySet(path, own) : defaultPushSet(path, files);
}

/** What `flux push` takes in a project folder when it is given no path; the folder's own files come last. */
export async function defaultPushSet(folder: string, files: PushFileSystem): Promise<PushSet | undefined> {
  const own = (await files.list(folder)) ?? [];
  for (const target of PUSH_TARGETS.filter(name => own.includes(name.replace(/\/.*/, '')))) {
    const path = join(folder, target);
    if (target.endsWith('.sql')) return { files: [path], asked: new Set([path]) };
    const names = await files.list(path);
    if (names && inPushOrder(names).length > 0) return directorySet(path, names);
  }
  return inPushOrder(own).length > 0 ? directorySet(folder, own) : undefined;
}

/** The push a file belongs to: its directory's when that is a push directory, else its own. */
export async function pushSetOfFile(path: string, files: PushFileSystem): Promise<PushSet> {
  const directory = path.replace(/\/?[^/]*$/, '') || (path.startsWith('/') ? '/' : '.');
  const neighbors = isPushDirectory(directory) ? await files.list(directory) : undefined;
  const set = neighbors ? directorySet(directory, neighbors).files : [];
  return { files: set.includes(path) ? set : [path], asked: new Set([path]) };
}

function directorySet(directory: string, names: readonly string[]): PushSet {
  const files = inPushOrder(names).map(name => join(directory, name));
  return { files, asked: new Set(files) };
}

function join(directory: string, name: string): string {
  return directory === '.' ? name : `${directory.replace(/\/$/, '')}/${name}`;
}
