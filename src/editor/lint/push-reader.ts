import type * as vscode from 'vscode';
import { MAX_PUSH_FILE_BYTES } from '../../flux/push-target';
import { defaultPushSet, pushSetOfFile } from '../../lint/push';
import { SqlParser } from '../../sql/parser';
import { parseSource, type SourceFile } from '../../sql/source-file';
import { listNames, readBuffer } from '../workspace-files';

/** Reads the files of a push as the person sees them, open documents first, and parses them. */
export class PushReader {
  #parser: Promise<SqlParser> | undefined;

  /** The push a document belongs to, as URIs in push order. */
  async pushOf(document: vscode.Uri): Promise<vscode.Uri[]> {
    if (document.scheme === 'untitled') return [document];
    const push = await pushSetOfFile(document.path, this.#fileSystem(document));
    return push.files.map(path => document.with({ path }));
  }

  /** What `flux push` would take in a folder; empty when there is nothing. */
  async defaultPushOf(folder: vscode.Uri): Promise<vscode.Uri[]> {
    const push = await defaultPushSet(folder.path, this.#fileSystem(folder));
    return (push?.files ?? []).map(path => folder.with({ path }));
  }

  /** Parses files in order; a file that is gone, cannot be read or is too large for a push is left out. Aborted, it ends early. */
  async parse(files: readonly vscode.Uri[], signal?: AbortSignal): Promise<SourceFile[]> {
    const parser = await (this.#parser ??= SqlParser.load());
    const parsed: SourceFile[] = [];
    for (const file of files) {
      if (signal?.aborted) break;
      const text = await readBuffer(file).catch(() => undefined);
      if (text === undefined || text.length > MAX_PUSH_FILE_BYTES) continue;
      parsed.push(parseSource(parser, file.toString(), text));
      // Typing and other extensions go first.
      await new Promise(resolve => setImmediate(resolve));
    }
    return parsed;
  }

  #fileSystem(like: vscode.Uri): { list: (path: string) => Promise<string[] | undefined> } {
    return { list: path => listNames(like.with({ path })) };
  }
}
