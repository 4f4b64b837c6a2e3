import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension, findingsOf, handle, until } from './support';

const SQL = `create table notes (id uuid primary key, owner_id text not null);
alter table notes enable row level security;
create policy own on notes to authenticated using (owner_id = auth.uid());
`;

async function write(folder: vscode.WorkspaceFolder, path: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folder.uri, path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

describe('a window [two folders]', () => {
  it('keeps the projects of its folders apart', async () => {
    const [first, second] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first && second);
    await write(first, 'flux.json', '{"slug":"one","hash":"1a2b3c4","mode":"v1_dedicated"}');
    await write(second, 'flux.json', '{"slug":"two","hash":"1a2b3c4","mode":"v2_shared"}');
    const v1 = await write(first, 'schema.sql', SQL);
    const v2 = await write(second, 'schema.sql', SQL);
    for (const uri of [v1, v2]) await vscode.window.showTextDocument(uri, { preview: false });
    const severity = async (uri: vscode.Uri): Promise<vscode.DiagnosticSeverity | undefined> =>
      (await findingsOf(uri, ['grant-missing-table']))[0]?.severity;
    assert.equal(await severity(v1), vscode.DiagnosticSeverity.Information);
    assert.equal(await severity(v2), vscode.DiagnosticSeverity.Error);
  });

  it('shows in the panel the project of the file at hand', async () => {
    const { panel } = await handle();
    const [first, second] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first && second);
    await vscode.commands.executeCommand('fluxRls.panel.focus');
    for (const [folder, name] of [
      [first, 'one'],
      [second, 'two'],
    ] as const) {
      await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, 'schema.sql'), { preview: false });
      await until(`the project ${name}`, () => panel.shown?.project?.name === name);
    }
  });
});

describe('a window [no folder]', () => {
  it('lints what is opened in it, and says in the panel that it has no folder', async () => {
    await (await extension()).activate();
    const document = await vscode.workspace.openTextDocument({ language: 'sql', content: SQL });
    await vscode.window.showTextDocument(document);
    await findingsOf(document.uri, ['grant-missing-table']);
    const { panel } = await handle();
    await vscode.commands.executeCommand('fluxRls.panel.focus');
    await until('the panel', () => panel.shown !== undefined);
    assert.equal(panel.shown?.project, null);
  });

  it('refuses what needs one, and goes on', async () => {
    for (const command of [
      'fluxRls.runChecklist',
      'fluxRls.mintToken',
      'fluxRls.scaffold',
      'fluxRls.startLocalFlux',
    ]) {
      assert.equal(await vscode.commands.executeCommand(command), undefined);
    }
    const { checklist, localFlux } = await handle();
    assert.equal(checklist.runOf(undefined).state, 'never');
    assert.equal(localFlux.state, 'stopped');
  });
});
