import * as vscode from 'vscode';

/** Shows a Markdown document rendered; as text where VS Code's own Markdown preview is switched off. */
export async function showMarkdown(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}
