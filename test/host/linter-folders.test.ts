import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { handle, until } from './support';

const TABLE = 'create table notes (id uuid primary key, owner_id text not null);\n';

describe('linting a workspace in VS Code [two folders]', () => {
  it('lints every folder, each for its own engine and with its own severities', async () => {
    await handle();
    const folders = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folders.length, 2);
    const files = folders.map(({ uri }) => vscode.Uri.joinPath(uri, 'packages/app/sql/1.sql'));
    for (const file of files) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(TABLE));
    await vscode.commands.executeCommand('fluxRls.lintWorkspace');
    for (const file of files) {
      const [finding] = await until(`a finding in ${file.path}`, () => {
        const found = vscode.languages.getDiagnostics(file);
        return found.length > 0 && found;
      });
      assert.equal(finding?.code, 'rls-not-enabled');
    }
    for (const folder of folders) {
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, 'packages'), { recursive: true });
    }
  });
});
