import type * as vscode from 'vscode';
import { MAX_PUSH_FILE_BYTES } from '../../flux/push-target';
import { defaultPushSet, pushSetOfFile } from '../../lint/push';
import { LineIndex } from '../../sql/offsets';
import { SqlParser } from '../../sql/parser';
import { parseSourceInSlices, type SourceFile } from '../../sql/source-file';
import { listNames, readBuffer } from '../workspace-files';

interface ParseOptions {
  readonly signal?: AbortSignal;
  /** Files as they were the last time, by URI: only what was edited is parsed again. What is parsed is put there. */
  readonly known?: Map<string, SourceFile> | undefined;
}

/** Reads the files of a push as the person sees them, open documents first, and parses them. */
export class PushReader {
  #parser: Promise<SqlParser> | undefined;

  /** The parser, loaded when it is first asked for. */
  async parser(): Promise<SqlParser> {
    return (this.#parser ??= SqlParser.load());
  }

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

  /**
   * Parses files in order, in slices: typing and other extensions go first. A file that is gone or cannot be read is left
   * out, one that is too large for a push is not parsed. Rejects when aborted.
   */
  async parse(files: readonly vscode.Uri[], { signal, known }: ParseOptions = {}): Promise<SourceFile[]> {
    const parser = await this.parser();
    const texts = await Promise.all(files.map(async file => readBuffer(file).catch(() => undefined)));
    const parsed: SourceFile[] = [];
    for (const [index, file] of files.entries()) {
      const text = texts[index];
      if (text === undefined) continue;
      const name = file.toString();
      const source =
        text.length > MAX_PUSH_FILE_BYTES
          ? unparsed(name, text)
          : await parseSourceInSlices(parser, name, text, { previous: known?.get(name), signal });
      known?.set(name, source);
      parsed.push(source);
      // Many small files are a large one.
      await new Promise(resolve => setImmediate(resolve));
    }
    return parsed;
  }

  #fileSystem(like: vscode.Uri): { list: (path: string) => Promise<string[] | undefined> } {
    return { list: path => listNames(like.with({ path })) };
  }
}

function unparsed(name: string, text: string): SourceFile {
  return { name, text, lines: new LineIndex(text), statements: [], errors: [], comments: [] };
}
