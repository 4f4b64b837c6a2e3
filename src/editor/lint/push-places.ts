import * as vscode from 'vscode';
import { isPushDirectory } from '../../flux/push-target';
import { DisposableStore } from '../disposables';

/** Something that `flux push` takes as a whole: a push directory, or a file that is its own push. */
export interface PushPlace {
  readonly folder: vscode.WorkspaceFolder;
  /** Path relative to the folder; `.` for the folder itself. */
  readonly path: string;
  /** A file of it. */
  readonly file: vscode.Uri;
}

/** The pushes of the workspace folders, found by the names that `flux push` looks for, in monorepo packages too. */
export class PushPlaces implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #found = new Map<string, Promise<PushPlace[]>>();

  /** A file was made or removed. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher('**/*.sql', false, true, false));
    for (const event of [watcher.onDidCreate, watcher.onDidDelete]) {
      this.#store.add(
        event(() => {
          this.#found.clear();
          this.#changed.fire();
        }),
      );
    }
  }

  /** The pushes of all folders as they are now: what was just written may not have been announced yet. */
  async all(): Promise<PushPlace[]> {
    this.#found.clear();
    const folders = vscode.workspace.workspaceFolders ?? [];
    return (await Promise.all(folders.map(folder => this.of(folder)))).flat();
  }

  /** The pushes of one folder, by path. */
  async of(folder: vscode.WorkspaceFolder): Promise<PushPlace[]> {
    const key = folder.uri.toString();
    const found = this.#found.get(key) ?? this.#find(folder);
    this.#found.set(key, found);
    return found;
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #find(folder: vscode.WorkspaceFolder): Promise<PushPlace[]> {
    const pattern = new vscode.RelativePattern(folder, '**/*.sql');
    const files = await vscode.workspace.findFiles(pattern, '**/node_modules/**');
    const root = folder.uri.path.replace(/\/$/, '');
    const places = placesOf(
      files.map(({ path }) => path),
      root,
    );
    return [...places].map(([place, file]) => ({
      folder,
      path: place === root ? '.' : place.slice(root.length + 1),
      file: folder.uri.with({ path: file }),
    }));
  }
}

/**
 * The push directories and `schema.sql` files among SQL files, each with one of its files. Where there is neither, the
 * files at the top of the project are pushes of their own.
 */
export function placesOf(files: readonly string[], root: string): Map<string, string> {
  const places = new Map<string, string>();
  const sorted = [...files].sort();
  for (const file of sorted) {
    const directory = directoryOf(file);
    if (isPushDirectory(directory)) places.set(directory, places.get(directory) ?? file);
    else if (file.endsWith('/schema.sql')) places.set(file, file);
  }
  if (places.size > 0) return places;
  return new Map(sorted.filter(file => directoryOf(file) === root).map(file => [file, file]));
}

function directoryOf(file: string): string {
  return file.replace(/\/[^/]*$/, '');
}
