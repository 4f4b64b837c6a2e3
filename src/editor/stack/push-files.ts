import * as vscode from 'vscode';
import type { PushFile } from '../../stack/push';
import type { PushReader } from '../lint/push-reader';
import { readBuffer } from '../workspace-files';

/** What a push from a folder takes, as it is in the editor now. */
export async function pushFilesOf(reader: PushReader, folder: vscode.WorkspaceFolder): Promise<PushFile[]> {
  const files: PushFile[] = [];
  for (const uri of await reader.defaultPushOf(folder.uri)) {
    const text = await readBuffer(uri);
    if (text !== undefined) files.push({ name: vscode.workspace.asRelativePath(uri, false), text });
  }
  return files;
}
