import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { TestHandle } from '../../src/extension';

/** Milliseconds until a condition counts as failed. */
const LIMIT = 15_000;

export async function extension(): Promise<vscode.Extension<TestHandle>> {
  const found = vscode.extensions.getExtension<TestHandle>('flux-rls.flux-rls');
  assert.ok(found, 'the extension is there');
  return Promise.resolve(found);
}

export async function handle(): Promise<TestHandle> {
  return (await extension()).activate();
}

/** Asks again and again until the answer is neither undefined nor false nor empty. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (const end = Date.now() + LIMIT; ;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false && answer !== '') return answer;
    if (Date.now() > end)
      throw new assert.AssertionError({ message: `not within ${LIMIT / 1000} s: ${what}` });
    await pause(25);
  }
}

export function folder(): vscode.WorkspaceFolder {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'a folder is open');
  return first;
}

/** Writes a file into the first folder; a document that VS Code still holds of an earlier one has its text, too. */
export async function write(path: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folder().uri, path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await until(`${path} is read again`, () => {
    const held = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
    return !held || held.getText() === text;
  });
  return uri;
}

export async function remove(path: string): Promise<void> {
  await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder().uri, path), { recursive: true });
}

export async function open(path: string, text: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await write(path, text));
}

/** The rules that these tests speak of. Others may have something to say of the same text, and come and go. */
const RULES = new Set([
  'grant-missing-table',
  'owner-uuid',
  'push-too-large',
  'rls-not-enabled',
  'sql-syntax',
]);

/** The findings of those rules that Problems has for a file. */
export function shownFor(uri: vscode.Uri): vscode.Diagnostic[] {
  const diagnostics = vscode.languages.getDiagnostics(uri);
  return diagnostics.filter(found => found.source === 'Flux RLS' && RULES.has(ruleOf(found)));
}

/** The findings shown for a document, once their rules are exactly these. */
export async function findingsOf(uri: vscode.Uri, expected: readonly string[]): Promise<vscode.Diagnostic[]> {
  let seen: string[] = [];
  try {
    return await until(`findings ${expected.join(', ')}`, () => {
      const diagnostics = shownFor(uri);
      seen = diagnostics.map(ruleOf).sort();
      return seen.join() === [...expected].sort().join() && diagnostics;
    });
  } catch (error) {
    assert.deepEqual(seen, [...expected].sort());
    throw error;
  }
}

export function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Replaces the first occurrence of a text in a document, as typing would. */
export async function type(editor: vscode.TextEditor, before: string, after: string): Promise<void> {
  const { document } = editor;
  const at = document.getText().indexOf(before);
  assert.ok(at >= 0, before);
  const range = new vscode.Range(document.positionAt(at), document.positionAt(at + before.length));
  const edited = await editor.edit(edit => {
    edit.replace(range, after);
  });
  assert.ok(edited);
}

export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Says yes to every quick pick and input box that a command opens, until the command is done. */
export async function acceptAll(command: Thenable<unknown>): Promise<void> {
  const progress = { done: false };
  const finished = Promise.resolve(command).finally(() => {
    progress.done = true;
  });
  for (const end = Date.now() + LIMIT; !progress.done && Date.now() < end;) {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await pause(50);
  }
  await finished;
}
