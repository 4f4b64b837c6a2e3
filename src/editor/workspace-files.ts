import * as vscode from 'vscode';

/** Text of a file as it stands on disk; undefined when there is none. Other failures are thrown. */
export async function readText(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

/** Text of a file as the person sees it: the open document's, else the file's. */
export async function readBuffer(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  return open ? open.getText() : readText(uri);
}

/** Names in a directory; undefined when the path is none. */
export async function listNames(directory: vscode.Uri): Promise<string[] | undefined> {
  try {
    return (await vscode.workspace.fs.readDirectory(directory)).map(([name]) => name);
  } catch {
    return undefined;
  }
}

/** The folder meant by a command: the only one, the active editor's, else the one the person picks. */
export async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  return currentFolder() ?? vscode.window.showWorkspaceFolderPick({ placeHolder: 'Which folder?' });
}

/** The only folder, or the active editor's; undefined when that leaves a choice. */
export function currentFolder(): vscode.WorkspaceFolder | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0];
  const active = vscode.window.activeTextEditor?.document.uri;
  return active && vscode.workspace.getWorkspaceFolder(active);
}
